# Python sends datagrams by a socket that it does not connect.
peers() { datagrams 6000; }
scene() { python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x" * 1000, ("10.200.1.2", 6000))'; }
