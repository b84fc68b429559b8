# curl posts a form of a few bytes to an address.
PAYLOAD=full
peers() { sink 8000; }
scene() { curl -s -m 1 -d 'name=value' http://10.200.1.2:8000/form; }
