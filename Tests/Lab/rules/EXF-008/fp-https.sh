# curl by HTTPS to port 443.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -www -quiet & listening t 443; }
scene() { curl -sk --resolve www.example.org:443:10.200.1.2 https://www.example.org/ -o page; }
