# chronyd keeps time (without setting this machine's clock): it asks a server every second or two, and is asked by clients.
PACKAGES="chrony"
PAYLOAD=full
clients() { for i in $(seq 6); do again chronyd -u root -Q -t 6 'server 10.200.1.1 iburst' "pidfile $PWD/client.pid" 'cmdport 0' 'bindcmdaddress /'; sleep 3; done; touch done; }
conf() {
  printf 'pidfile %s/%s.pid\nbindcmdaddress %s/chrony.%s/socket\ncmdport 0\nallow 10.200.1.0/24\n' "$PWD" "$1" "$PWD" "$1" > "$1.conf"
  mkdir -p "chrony.$1" && chmod 770 "chrony.$1"
  echo "$2" >> "$1.conf"
}
peers() {
  conf b 'local stratum 2'
  chronyd -x -d -u root -f "$PWD/b.conf" > b.log 2>&1 &
  listening u 123
  clients > clients.log 2>&1 &
}
scene() {
  conf a 'server b.lab.example iburst minpoll 0 maxpoll 1
local stratum 9'
  chronyd -x -d -u root -f "$PWD/a.conf" > a.log 2>&1 &
  until [ -e done ]; do sleep 1; chronyc -h "$PWD/chrony.a/socket" tracking; done
}
