# Python connects every 0.8 seconds, give or take a twentieth.
peers() { sink 7000; }
scene() {
  python3 -ISc 'import socket, time, random
for i in range(14):
  s = socket.create_connection(("10.200.1.2", 7000)); s.send(b"hello"); s.close()
  time.sleep(0.8 * random.uniform(0.975, 1.025))'
}
