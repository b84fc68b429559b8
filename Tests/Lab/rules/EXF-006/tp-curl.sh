# curl posts 200 kilobytes to an address.
PAYLOAD=full
peers() { sink 8000; }
scene() { head -c 200000 /dev/zero > dump; curl -s -m 2 -H Expect: --data-binary @dump http://10.200.1.2:8000/up; }
