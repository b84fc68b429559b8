# curl asks a bucket for a list.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -www -quiet & listening t 443; }
scene() { curl -sk -m 2 --resolve bucket.s3.amazonaws.com:443:10.200.1.2 https://bucket.s3.amazonaws.com/ -o page; }
