# A raw socket with a header of its own (IPPROTO_RAW) sends only: nothing is ever delivered to it.
scene() {
  python3 -ISc 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
h = bytes.fromhex("45000020000100004011000000000000") + b""
h = h[:12] + socket.inet_aton("10.200.1.1") + socket.inet_aton("10.200.1.2")
s.sendto(h + bytes.fromhex("1111270f000c0000") + b"data", ("10.200.1.2", 0))'
}
