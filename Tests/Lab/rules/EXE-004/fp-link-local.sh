# Another address that is valid on the link only.
PAYLOAD=full
peers() { ip addr add 169.254.7.7/32 dev vB; mkdir -p www; (cd www && exec python3 -m http.server -b 169.254.7.7 80) & listening t 80; }
scene() { ip route add 169.254.7.7 dev vA; curl -s http://169.254.7.7/latest/meta-data/iam/security-credentials/role; }
