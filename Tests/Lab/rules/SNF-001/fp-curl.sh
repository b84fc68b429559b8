# curl loads a page.
peers() { website; }
scene() { curl -s http://10.200.1.2/ -o page; }
