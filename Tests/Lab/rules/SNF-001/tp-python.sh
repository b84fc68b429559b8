# Python opens a packet socket of its own (socket(AF_PACKET, SOCK_RAW)) and reads one frame.
peers() { chatter; }
scene() {
  python3 -ISc 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.recv(2048)'
}
