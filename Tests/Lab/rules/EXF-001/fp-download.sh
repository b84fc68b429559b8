# curl loads two megabytes.
peers() { mkdir -p www && head -c 2000000 /dev/zero > www/large; website; }
scene() { curl -s http://10.200.1.2/large -o page; }
