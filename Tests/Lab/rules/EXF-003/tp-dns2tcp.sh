# dns2tcpc carries a connection to dns2tcpd, over which two kilobytes go.
PAYLOAD=full
peers() {
  printf 'listen = 10.200.1.2\nport = 53\nuser = nobody\nchroot = /tmp\ndomain = t.example.org\nresources = sink:127.0.0.1:7000\n' > d.conf
  ip link set lo up
  sink 7000
  dns2tcpd -F -f d.conf &
  listening u 53
}
scene() {
  dns2tcpc -z t.example.org -r sink -l 2000 10.200.1.2 &
  sleep 1
  head -c 12000 /dev/urandom | timeout 6 nc -N 127.0.0.1 2000
  sleep 1
  kill %1
}
