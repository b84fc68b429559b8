# tcpdump writes its packets into a file only.
peers() { chatter; }
scene() { tcpdump -ni vA -c 40 -w out.pcap; }
