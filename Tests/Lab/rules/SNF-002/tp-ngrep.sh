# ngrep looks for a word in thirty packets.
peers() { chatter; }
scene() { timeout 4 ngrep -qd vA -n 30 nothing; }
