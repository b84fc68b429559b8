# A client that says a name of somebody else's.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got & listening t 443; }
scene() { echo hello | timeout 2 openssl s_client -quiet -servername www.example.org -connect 10.200.1.2:443; }
