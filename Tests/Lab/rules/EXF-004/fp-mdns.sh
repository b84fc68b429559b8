# Python asks the link for a name, by multicast DNS.
RESOLVER=10.200.1.7
PAYLOAD=headers
scene() {
  python3 -ISc 'import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.200.1.1"))
s.sendto(struct.pack("!6H", 0, 0, 1, 0, 0, 0) + b"\x04host\x05local\0" + struct.pack("!2H", 1, 1), ("224.0.0.251", 5353))'
}
