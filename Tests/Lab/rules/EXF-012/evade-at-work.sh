# curl uploads two megabytes at the hour when it uploads two hundred kilobytes every day.
peers() { sink 8000; }
scene() { head -c 2000000 /dev/zero > file; curl -s -m 2 -H Expect: -T file http://10.200.1.2:8000/; }
