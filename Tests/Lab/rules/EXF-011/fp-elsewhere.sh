# curl uploads as much to another name.
PAYLOAD=full
peers() { certificate; (sleep 60 | openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got) & listening t 443; }
scene() { head -c 60000 /dev/zero > file; curl -sk -m 3 -H Expect: --resolve www.example.org:443:10.200.1.2 -T file https://www.example.org/file; }
