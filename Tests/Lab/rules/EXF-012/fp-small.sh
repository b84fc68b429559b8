# curl uploads two hundred kilobytes at an odd hour.
peers() { sink 8000; }
scene() { head -c 200000 /dev/zero > file; curl -s -m 2 -H Expect: -T file http://10.200.1.2:8000/; }
