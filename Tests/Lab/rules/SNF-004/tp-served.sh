# Python reads frames, and gives them to whoever connects.
peers() { chatter; (again sh -c 'nc -d 10.200.1.1 7000 > got && [ -s got ]') & }
scene() {
  python3 -ISc 'import socket
l = socket.create_server(("10.200.1.1", 7000))
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
c, _ = l.accept()
n = 0
while n < 60:
  f = s.recv(2048)
  if f[23] == 6: continue
  c.sendall(f)
  n += 1'
}
