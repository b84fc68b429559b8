# Python has a connection open, and starts a program with its standard descriptors elsewhere.
peers() { sink 7000; }
scene() {
  python3 -ISc 'import socket, subprocess
s = socket.create_connection(("10.200.1.2", 7000))
s.send(subprocess.run(["/usr/bin/id"], capture_output=True, close_fds=False).stdout)'
}
