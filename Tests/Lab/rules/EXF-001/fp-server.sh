# A server of this machine sends two megabytes to who asks for them.
peers() { again curl -s http://10.200.1.1:8000/large -o page & }
scene() { mkdir -p own && head -c 2000000 /dev/zero > own/large && cd own && timeout 6 python3 -m http.server -b 10.200.1.1 8000; }
