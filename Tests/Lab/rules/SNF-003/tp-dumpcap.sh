# dumpcap, too.
peers() { chatter; }
scene() { dumpcap -q -i vA -c 3 -w out.pcapng; }
