# Python sends the lines of a file as the contents of echo requests.
PAYLOAD=headers
scene() { timeout 10 python3 -ISc 'import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
def sum16(b):
  b += b"\0" * (len(b) % 2); t = sum(struct.unpack("!%dH" % (len(b) // 2), b)); t = (t >> 16) + (t & 65535); return ~(t + (t >> 16)) & 65535
for n, line in enumerate(open("/etc/services", "rb").read().split(b"\n")[3:40]):
  h = struct.pack("!BBHHH", 8, 0, 0, 7, n) + line
  s.sendto(h[:2] + struct.pack("!H", sum16(h)) + h[4:], ("10.200.1.2", 0))'; }
