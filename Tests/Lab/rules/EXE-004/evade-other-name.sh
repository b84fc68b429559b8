# A client of TLS says the name of a usual site to a bridge's address.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got & listening t 443; }
scene() { echo hello | timeout 2 openssl s_client -quiet -servername www.wikipedia.org -connect 10.200.1.2:443; }
