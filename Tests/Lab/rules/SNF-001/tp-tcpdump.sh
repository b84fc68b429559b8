# tcpdump captures three packets, from a mapped ring of its packet socket.
peers() { chatter; }
scene() { tcpdump -ni vA -c 3 -w out.pcap; }
