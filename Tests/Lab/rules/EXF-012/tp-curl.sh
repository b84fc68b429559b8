# curl uploads two megabytes, twelve hours away from when it uploads two hundred kilobytes every day (fp-small).
peers() { sink 8000; }
scene() { head -c 2000000 /dev/zero > file; curl -s -m 2 -H Expect: -T file http://10.200.1.2:8000/; }
