# Python adds the membership by setsockopt(2).
scene() {
  python3 -ISc 'import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.setsockopt(263, 1, struct.pack("iHH8s", socket.if_nametoindex("vA"), 1, 0, b""))'
}
