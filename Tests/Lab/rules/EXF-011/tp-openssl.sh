# openssl sends 60 kilobytes to a server of the lab that it asks for by the name of a bucket.
PAYLOAD=full
peers() { certificate; (sleep 60 | openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got) & listening t 443; }
scene() { (head -c 60000 /dev/zero; sleep 1) | timeout 3 openssl s_client -quiet -servername bucket.s3.eu-west-1.amazonaws.com -connect 10.200.1.2:443; }
