# tcpdump captures from every interface, with a filter; it reads a mapped ring.
scene() { timeout 6 tcpdump -ni any -w out.pcap port 53535; }
