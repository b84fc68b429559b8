# curl by HTTPS to an address.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -www -quiet & listening t 443; }
scene() { curl -sk https://10.200.1.2/ -o page; }
