# Python asks by DNS over TCP.
RESOLVER=10.200.1.7
PAYLOAD=headers
peers() { dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 53 -x pid & listening t 53; }
scene() {
  python3 -ISc 'import socket, struct
s = socket.create_connection(("10.200.1.2", 53), timeout=2)
q = struct.pack("!6H", 7, 256, 1, 0, 0, 0) + b"\x04host\x07example\x03org\0" + struct.pack("!2H", 1, 1)
s.sendall(struct.pack("!H", len(q)) + q)
s.recv(1024)'
}
