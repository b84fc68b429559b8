# A program in a mount namespace of its own, such as a container's, asks whom resolv.conf names there.
RESOLVER=10.200.1.7
PAYLOAD=headers
peers() { dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 53 -x pid & listening u 53; }
scene() {
  echo nameserver 10.200.1.2 > resolv.other
  unshare -m sh -c 'mount --bind resolv.other /etc/resolv.conf && exec getent ahosts host.example.org'
}
