# A server of this machine is asked by a client that says no name.
PAYLOAD=full
peers() { again curl -sk https://10.200.1.1/ -o page & }
scene() { certificate; timeout 7 openssl s_server -accept 10.200.1.1:443 -key key.pem -cert cert.pem -www -quiet; }
