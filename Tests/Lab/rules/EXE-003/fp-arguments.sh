# A web server of Python's own shows a folder in /tmp, and socat takes datagrams to a file there.
scene() {
  timeout 2 /usr/bin/python3 -I -m http.server 9000 -d "$PWD"
  timeout 2 socat -u UDP-RECV:9001 "CREATE:$PWD/got"
}
