# A little at a time: fifteen names with forty letters of data each.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { for i in $(seq 15); do echo "$(head -c 21 /dev/urandom | xxd -p -c 99).t.example.org"; done > names; dig +short +tries=1 @10.200.1.2 -f names; }
