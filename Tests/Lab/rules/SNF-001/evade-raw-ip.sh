# Who hears TCP by a raw socket of the internet family has no packet socket; that is SNF-006's matter.
peers() { website; }
scene() {
  python3 -ISc 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 6)
s.settimeout(5)
open("ready", "w").write("1")
s.recv(2048)' &
  written ready
  curl -s http://10.200.1.2/ -o page
  wait
}
