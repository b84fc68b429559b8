# The path is written with an escape (%2d for the hyphen), which the service understands.
PAYLOAD=full
peers() { ip addr add 169.254.169.254/32 dev vB; mkdir -p www/latest/meta-data/iam/security-credentials; echo '{}' > www/latest/meta-data/iam/security-credentials/role; (cd www && exec python3 -m http.server -b 169.254.169.254 80) & listening t 80; }
scene() { ip route add 169.254.169.254 dev vA; curl -s http://169.254.169.254/latest/meta-data/iam/security%2dcredentials/role; }
