# A copy of nc in /tmp connects and listens to nothing.
peers() { sink 7000; }
scene() { cp /bin/nc.openbsd ./client; echo hello | "$PWD/client" -N 10.200.1.2 7000; }
