# A client of DNS over TLS.
RESOLVER=10.200.1.7
PAYLOAD=headers
peers() { certificate; openssl s_server -accept 10.200.1.2:853 -key key.pem -cert cert.pem -quiet > got & listening t 853; }
scene() { echo hello | timeout 2 openssl s_client -quiet -connect 10.200.1.2:853; }
