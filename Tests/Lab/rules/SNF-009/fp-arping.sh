# arping is answered; a connection is made by somebody else.
peers() { website; }
scene() {
  arping -I vA -c 1 10.200.1.2
  curl -s http://10.200.1.2/ -o page
}
