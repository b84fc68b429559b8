# curl asks the metadata service for the machine's name.
PAYLOAD=full
peers() { ip addr add 169.254.169.254/32 dev vB; mkdir -p www/latest/meta-data; echo lab > www/latest/meta-data/hostname; (cd www && exec python3 -m http.server -b 169.254.169.254 80) & listening t 80; }
scene() { ip route add 169.254.169.254 dev vA; curl -s http://169.254.169.254/latest/meta-data/hostname; }
