# A script in /tmp that an interpreter of the system runs.
scene() {
  echo 'import socket; s = socket.create_server(("", 9000)); s.settimeout(1); s.accept()' > service.py
  python3 -I service.py
}
