# curl by HTTP to port 53.
PAYLOAD=full
peers() { website 53; }
scene() { curl -s http://10.200.1.2:53/ -o page; }
