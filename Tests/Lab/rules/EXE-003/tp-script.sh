# A script in /tmp waits for connections, in the hands of an interpreter of the system; another one waits for datagrams.
scene() {
  echo 'import socket; s = socket.create_server(("", 9000)); s.settimeout(1); s.accept()' > service.py
  /usr/bin/python3 -I "$PWD/service.py"
  echo 'use IO::Socket::INET; IO::Socket::INET->new(LocalPort => 9001, Proto => "udp") or die; sleep 1' > service.pl
  perl "$PWD/service.pl"
}
