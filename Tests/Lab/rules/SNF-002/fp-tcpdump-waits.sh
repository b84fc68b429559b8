# tcpdump waits two seconds for packets of a port that nobody uses: its filter lets nothing through.
peers() { chatter; }
scene() { timeout 2 tcpdump -ni vA -w out.pcap port 4711; }
