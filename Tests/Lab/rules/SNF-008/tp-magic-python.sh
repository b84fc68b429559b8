# Python waits on a packet socket for IPv4, bound to no interface, behind a filter for two bytes at the beginning of an UDP datagram's
# contents, 0x7255: the filter is that which tcpdump -ddd makes of `udp[8:2] = 0x7255`.
scene() {
  tcpdump -ddd -y EN10MB 'udp[8:2] = 0x7255' > code
  timeout 3 python3 -ISc 'import socket, struct, ctypes
code = [tuple(map(int, l.split())) for l in open("code").read().splitlines()[1:]]
raw = b"".join(struct.pack("HBBI", *i) for i in code)
keep = ctypes.create_string_buffer(raw)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
s.setsockopt(1, 26, struct.pack("HxxxxxxP", len(code), ctypes.addressof(keep)))
s.recv(2048)'
}
