# Python asks a service, runs a shell for something else, and asks again.
peers() { ncat -lk 10.200.1.2 7000 -c 'read x; echo "hello $x"; read y' & listening t 7000; }
scene() {
  python3 -ISc 'import socket, subprocess
s = socket.create_connection(("10.200.1.2", 7000))
s.send(b"who\n"); s.recv(100)
subprocess.run(["/bin/sh"], input=b"id; uname", capture_output=True)
s.send(b"bye\n")'
}
