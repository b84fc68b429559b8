# A resolver of this machine asks another one: it is bound to port 53.
RESOLVER=127.0.0.1
PAYLOAD=headers
peers() { dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 53 -x pid & listening u 53; }
scene() {
  dnsmasq --conf-file=/dev/null -k -p 53 -i lo --bind-interfaces --no-resolv --server=10.200.1.2 -x pid.own &
  listening u 53
  getent ahosts host.example.org; dig +short +tries=1 @127.0.0.1 other.example.org
  kill %1
}
