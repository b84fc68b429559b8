# The request says a name that the address does not have.
PAYLOAD=full
peers() { sink 8000; }
scene() { head -c 200000 /dev/zero > dump; curl -s -m 2 -H Expect: -H 'Host: www.example.org' --data-binary @dump http://10.200.1.2:8000/up; }
