# tcpdump asks for promiscuous mode unless it is told not to.
peers() { chatter; }
scene() { tcpdump -ni vA -c 3 -w out.pcap; }
