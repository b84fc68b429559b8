# curl loads a page.
PAYLOAD=full
peers() { website; }
scene() { curl -s --resolve www.example.org:80:10.200.1.2 http://www.example.org/ -o page; }
