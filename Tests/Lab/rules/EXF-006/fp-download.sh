# curl loads 200 kilobytes from an address.
PAYLOAD=full
peers() { website; seq 30000 > www/large; }
scene() { curl -s http://10.200.1.2/large -o page; }
