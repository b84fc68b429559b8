# openssl sends a line within TLS and says no name.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:4433 -key key.pem -cert cert.pem -quiet > got & listening t 4433; }
scene() { (echo hello; sleep 1) | timeout 2 openssl s_client -quiet -noservername -connect 10.200.1.2:4433; }
