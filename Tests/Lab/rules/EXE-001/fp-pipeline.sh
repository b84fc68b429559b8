# nc and curl between other programs: what comes is for the next one, and what is sent is from the one before.
peers() { website; sink 7000; }
scene() {
  printf 'GET / HTTP/1.0\r\n\r\n' | cat | timeout 4 nc -q 1 10.200.1.2 80 | head -3
  curl -s http://10.200.1.2/ | gzip -c | timeout 4 nc -q 1 10.200.1.2 7000
}
