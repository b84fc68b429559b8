# curl, which uploaded two hundred kilobytes on every day before (fp-small), uploads two megabytes.
peers() { sink 8000; }
scene() { head -c 2000000 /dev/zero > file; curl -s -m 2 -H Expect: -T file http://10.200.1.2:8000/; }
