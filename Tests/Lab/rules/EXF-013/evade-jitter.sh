# A beacon whose steps vary by half.
peers() { sink 7000; }
scene() {
  python3 -ISc 'import socket, time, random
random.seed(4)
for i in range(14):
  s = socket.create_connection(("10.200.1.2", 7000)); s.send(b"hello"); s.close()
  time.sleep(random.choice([0.55, 0.8, 1.1, 1.4]))'
}
