# Python reads every segment of TCP that comes to this machine, of a page that curl loads.
peers() { website; }
scene() {
  python3 -ISc 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 6)
open("ready", "w").write("1")
for i in range(3): s.recv(2048)' &
  written ready
  curl -s http://10.200.1.2/ -o page
  wait
}
