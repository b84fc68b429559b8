# The same backdoor bound to its interface, with a filter that looks at headers only.
scene() {
  tcpdump -ddd -y EN10MB 'udp port 53535' > code
  timeout 6 python3 -ISc 'import socket, struct, ctypes
code = [tuple(map(int, l.split())) for l in open("code").read().splitlines()[1:]]
raw = b"".join(struct.pack("HBBI", *i) for i in code)
keep = ctypes.create_string_buffer(raw)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
s.bind(("vA", 0x800))
s.setsockopt(1, 26, struct.pack("HxxxxxxP", len(code), ctypes.addressof(keep)))
s.recv(2048)'
}
