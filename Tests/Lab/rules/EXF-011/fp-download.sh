# curl loads 60 kilobytes by a bucket's name.
PAYLOAD=full
peers() { certificate; head -c 60000 /dev/zero > file; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -WWW -quiet & listening t 443; }
scene() { curl -sk -m 2 --resolve bucket.s3.amazonaws.com:443:10.200.1.2 https://bucket.s3.amazonaws.com/file -o page; }
