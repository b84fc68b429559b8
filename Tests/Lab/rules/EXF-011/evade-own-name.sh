# The bucket has a name of its owner's.
PAYLOAD=full
peers() { certificate; (sleep 60 | openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got) & listening t 443; }
scene() { head -c 60000 /dev/zero > file; curl -sk -m 3 -H Expect: --resolve files.example.org:443:10.200.1.2 -T file https://files.example.org/bucket/file; }
