# Python sends thirty pieces of 512 bytes over one connection, as in each of the five hours before.
peers() { sink 7000; }
scene() {
  python3 -c '
import socket, time
s = socket.create_connection(("10.200.1.2", 7000))
for piece in range(30):
    s.send(b"x" * 512)
    time.sleep(0.05)
'
}
