# A resolver for a network: unbound forwards to a name server, and its clients ask it, by UDP and by TCP, for hosts of sixty domains, for two
# hundred of one domain (as clouds have them), and for names of content networks.
PACKAGES="unbound dnsmasq-base bind9-dnsutils"
PAYLOAD=full
clients() {
  again dig +short +tries=1 +time=1 @10.200.1.1 first.example.org
  for i in $(seq 60); do echo "www.domain$i.org"; echo "mail.domain$i.org"; done > small
  for i in $(seq 200); do echo "vm-$i.cloud.example.net"; done > large
  for i in $(seq 30); do echo "d-$(echo "$i" | sha1sum | cut -c1-40).cdn.example.com"; done > content
  dig +short +tries=1 @10.200.1.1 -f small
  sleep 2
  for i in $(seq 20); do tail -n +$((i * 10 - 9)) large | head -n 10 > ten; dig +short +tries=1 @10.200.1.1 -f ten; sleep 0.5; done
  dig +short +tries=1 @10.200.1.1 -f content
  dig +short +tcp @10.200.1.1 www.domain7.org www.domain61.org
  sleep 2
  dig +short @10.200.1.1 -x 10.200.1.2 www.domain1.org AAAA www.domain2.org MX
  touch done
}
peers() {
  dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid &
  listening u 53
  clients > clients.log 2>&1 &
}
scene() {
  cat > unbound.conf <<end
server:
  interface: 10.200.1.1
  access-control: 10.200.1.0/24 allow
  chroot: ""
  username: ""
  directory: "$PWD"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  module-config: "iterator"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 10.200.1.2
end
  unbound -d -c unbound.conf &
  until [ -e done ]; do sleep 0.5; done
}
