# dig asks for the name of a paste site in large and small letters.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { dig +short +tries=1 @10.200.1.2 PasteBin.COM; }
