# curl by HTTP to port 8080, where HTTP is at home.
PAYLOAD=full
peers() { website 8080; }
scene() { curl -s http://10.200.1.2:8080/ -o page; }
