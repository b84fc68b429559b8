# curl posts as much to a server with a name.
PAYLOAD=full
peers() { sink 8000; }
scene() { head -c 200000 /dev/zero > dump; curl -s -m 2 -H Expect: --resolve upload.example.org:8000:10.200.1.2 --data-binary @dump http://upload.example.org:8000/up; }
