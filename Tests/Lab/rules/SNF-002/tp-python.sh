# Python reads thirty frames by recv(2).
peers() { chatter; }
scene() {
  python3 -ISc 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
for i in range(30): s.recv(2048)'
}
