# curl loads pages of sites with digits in their names, which it asked for.
RESOLVER=10.200.1.2
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 53 -x pid & certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -www -quiet > got & listening u 53; listening t 443; }
scene() { for site in web2print7 s3cure4you a2b3c4d5e6f7; do curl -sk -m 2 https://www.$site.com/; done; }
