# tcpdump takes thirty packets from its mapped ring: it never calls recv, so its frames are those that the socket counts.
peers() { chatter; }
scene() { tcpdump -ni vA -c 30 -w out.pcap; }
