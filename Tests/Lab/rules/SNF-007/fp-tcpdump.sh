# tcpdump has a packet socket.
peers() { chatter; }
scene() { tcpdump -ni vA -c 3 -w out.pcap; }
