# One program looks into the passwords' file (here one of the scene's own), and another one, started beside it, loads a page.
CALLS=yes
peers() { website; }
scene() {
  unshare -m sh -c 'seq 200 > s; mount --bind s /etc/shadow; grep -c 1 /etc/shadow'
  curl -s http://10.200.1.2/ -o page
}
