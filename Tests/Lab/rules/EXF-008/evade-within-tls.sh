# ssh within TLS on port 443 (openssl s_client as its proxy): the port's protocol carries another.
PAYLOAD=full
peers() { certificate; (echo SSH-2.0-OpenSSH_9.2; sleep 60) | openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet & listening t 443; }
scene() { timeout 3 ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o 'ProxyCommand openssl s_client -quiet -servername www.example.org -connect 10.200.1.2:443' 10.200.1.2 true; }
