# The backdoor connects six seconds after it was woken.
peers() { sink 4444; (for _ in $(seq 20); do sleep 2; echo x | socat -u - UDP:10.200.1.1:53535; done) & }
scene() {
  tcpdump -ddd -y EN10MB 'udp port 53535' > code
  timeout 14 python3 -ISc 'import socket, struct, ctypes, time
code = [tuple(map(int, l.split())) for l in open("code").read().splitlines()[1:]]
raw = b"".join(struct.pack("HBBI", *i) for i in code)
keep = ctypes.create_string_buffer(raw)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
s.setsockopt(1, 26, struct.pack("HxxxxxxP", len(code), ctypes.addressof(keep)))
s.recv(2048); time.sleep(6)
c = socket.create_connection(("10.200.1.2", 4444)); c.send(b"here\n")'
}
