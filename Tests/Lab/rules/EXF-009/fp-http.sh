# curl by HTTP to an address.
PAYLOAD=full
peers() { website; }
scene() { curl -s http://10.200.1.2/ -o page; }
