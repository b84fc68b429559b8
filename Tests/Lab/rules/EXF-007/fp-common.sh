# curl loads a page from port 80, for the first time.
peers() { website; }
scene() { curl -s http://10.200.1.2/ -o page; }
