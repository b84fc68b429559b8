# busybox' ifconfig makes the interface promiscuous by ioctl(2), as sniffers of old do.
scene() { busybox ifconfig vA promisc; }
