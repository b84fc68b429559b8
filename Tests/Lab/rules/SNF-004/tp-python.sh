# Python reads frames and sends the first forty bytes of each as a datagram.
peers() { chatter; datagrams 7000; }
scene() {
  python3 -ISc 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.connect(("10.200.1.2", 7000))
n = 0
while n < 60:
  f = s.recv(2048)
  if f[23] == 17: continue
  u.send(f[:40])
  n += 1'
}
