# dumpcap writes a file, and curl uploads it.
CALLS=yes
peers() { chatter; sink 8000; }
scene() {
  dumpcap -q -i vA -c 30 -w "$PWD/out.pcapng"
  curl -s -m 1 -H Expect: -T "$PWD/out.pcapng" http://10.200.1.2:8000/
}
