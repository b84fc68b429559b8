# Python's web server runs a script of four programs for who asks, with the connection as their standard output, and so their input.
ask() { curl -sf http://10.200.1.1:8401/cgi-bin/four > got; }
peers() { again ask & }
scene() {
  mkdir -p cgi-bin
  printf '#!/bin/sh\necho Content-Type: text/plain\necho\nid\nuname\ndate\nhostname\n' > cgi-bin/four
  chmod 755 cgi-bin/four
  timeout 5 python3 -m http.server --cgi -b 10.200.1.1 8401
}
