# A name that is long, as content networks have them, is asked for forty times.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { for i in $(seq 40); do echo "d-0123456789abcdef0123456789abcdef0123456789.cdn.example.org"; done > names; dig +short +tries=1 @10.200.1.2 -f names; }
