# Python opens a socket of AF_XDP.
scene() {
  python3 -ISc 'import socket
socket.socket(44, socket.SOCK_RAW, 0)'
}
