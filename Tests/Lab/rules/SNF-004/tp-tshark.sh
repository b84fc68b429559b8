# tshark hands what it captures to ncat, which has been there for a while before dumpcap is.
peers() { chatter; sink 7000; }
scene() { timeout 9 tshark -q -i vA -w - -f 'not port 7000' | timeout 9 ncat 10.200.1.2 7000; }
