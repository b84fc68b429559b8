# curl and a server speak TLS, and nobody listens.
PAYLOAD=headers
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -www -quiet > got & listening t 443; }
scene() { curl -sk -m 2 https://10.200.1.2/; }
