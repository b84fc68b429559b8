# tcpdump -p hears what is for this machine.
peers() { chatter; }
scene() { tcpdump -pni vA -c 3 -w out.pcap; }
