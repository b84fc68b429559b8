# curl asks for a role's credentials, as of Amazon; the metadata service is a server of the lab with its address.
PAYLOAD=full
peers() { ip addr add 169.254.169.254/32 dev vB; mkdir -p www/latest/meta-data/iam/security-credentials; echo '{}' > www/latest/meta-data/iam/security-credentials/role; (cd www && exec python3 -m http.server -b 169.254.169.254 80) & listening t 80; }
scene() { ip route add 169.254.169.254 dev vA; curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/role; }
