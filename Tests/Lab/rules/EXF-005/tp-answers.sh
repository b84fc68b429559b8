# Python asks by short echo requests, and a program at the other end answers, besides the kernel, with what it has to say.
PAYLOAD=headers
echoes() { python3 -ISc 'import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
def sum16(b):
  b += b"\0" * (len(b) % 2); t = sum(struct.unpack("!%dH" % (len(b) // 2), b)); t = (t >> 16) + (t & 65535); return ~(t + (t >> 16)) & 65535
def send(kind, n, body, to):
  h = struct.pack("!BBHHH", kind, 0, 0, 7, n) + body
  s.sendto(h[:2] + struct.pack("!H", sum16(h)) + h[4:], (to, 0))
if sys.argv[1] == "ask":
  s.settimeout(1)
  for n in range(8):
    send(8, n, b"?" * 16, "10.200.1.2")
    for _ in range(2): s.recv(2000)
else:
  while True:
    d, (to, _) = s.recvfrom(2000)
    if d[20] == 8: send(0, d[26] << 8 | d[27], b"order " * (20 + d[27]), to)' "$1"; }
peers() { echoes answer & until ss -Hlnw | grep -q .; do sleep 0.05; done; }
scene() { timeout 10 bash -c "$(declare -f echoes); echoes ask"; }
