# Python asks for a token, as of Google.
PAYLOAD=full
peers() { ip addr add 169.254.169.254/32 dev vB; mkdir -p www; (cd www && exec python3 -m http.server -b 169.254.169.254 80) & listening t 80; }
scene() {
  ip route add 169.254.169.254 dev vA
  python3 -I -c 'import http.client
c = http.client.HTTPConnection("169.254.169.254", timeout=2)
c.request("GET", "/computeMetadata/v1/instance/service-accounts/default/token", headers={"Host": "metadata.google.internal", "Metadata-Flavor": "Google"})
c.getresponse().read()'
}
