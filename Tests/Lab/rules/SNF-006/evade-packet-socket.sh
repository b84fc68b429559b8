# Who hears the same by a packet socket is SNF-002's matter.
peers() { chatter; }
scene() { tcpdump -ni vA -c 12 -w out.pcap; }
