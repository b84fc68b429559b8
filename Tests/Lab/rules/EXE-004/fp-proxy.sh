# curl goes through a SOCKS proxy of the office.
PAYLOAD=full
peers() { website; ncat -l --proxy-type http 10.200.1.2 1080 & listening t 1080; }
scene() { curl -s -m 2 --socks5-hostname 10.200.1.2:1080 http://10.200.1.2/; curl -s -m 2 http://10.200.1.2/; }
