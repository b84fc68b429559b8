# dumpcap, which Wireshark and tshark capture with, takes three packets.
peers() { chatter; }
scene() { dumpcap -q -i vA -c 3 -w out.pcapng; }
