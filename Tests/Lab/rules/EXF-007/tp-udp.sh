# nc sends datagrams to a port where it has not been in fourteen days.
peers() { datagrams 6000; }
scene() { echo hello | nc -u -w 1 10.200.1.2 6000; }
