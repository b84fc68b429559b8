# curl resolves names by DNS over HTTPS, at a server that says it is dns.google.
RESOLVER=10.200.1.2
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got & listening t 443; }
scene() { curl -sk -m 3 --resolve dns.google:443:10.200.1.2 --doh-insecure --doh-url https://dns.google/dns-query http://host.example.org/; }
