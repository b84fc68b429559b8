# socat joins a multicast group of IPv4: IP_ADD_MEMBERSHIP has another level than a packet socket's.
scene() { timeout 1 socat -u UDP4-RECV:5353,ip-add-membership=224.0.0.251:vA OPEN:/dev/null; }
