# Somebody asks for pastebin.com's address.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { dig +short @10.200.1.2 pastebin.com; }
