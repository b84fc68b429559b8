# Other names are asked for, among them one that only looks like a listed one.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { for n in debian.org notpastebin.com pastebin.com.example.org sh.transfer; do dig +short @10.200.1.2 $n; done; }
