# A machine that is monitored: softflowd captures, and sends the flows to a collector by NetFlow; darkstat captures, and shows its counts to
# who asks for them. Meanwhile the machine loads pages and looks up names.
PACKAGES="softflowd nfdump darkstat curl bind9-dnsutils dnsmasq-base nginx-light"
PAYLOAD=headers
looks() { for i in $(seq 8); do sleep 4; curl -s http://10.200.1.1:667/ -o darkstat; curl -s http://10.200.1.1:667/hosts/ -o hosts; done; }
peers() {
  mkdir -p www flows && seq 6000 > www/index.html && nginx_here 80 "root $PWD/www;"
  dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid &
  nfcapd -b 10.200.1.2 -p 9995 -w flows > nfcapd.log 2>&1 &
  listening u 53 && listening u 9995
  looks > looks.log 2>&1 &
}
scene() {
  softflowd -d -i vA -n 10.200.1.2:9995 -v 9 -t maxlife=15 -t expint=5 -p "$PWD/softflowd.pid" -c "$PWD/softflowd.ctl" > softflowd.log 2>&1 &
  mkdir -p counts && darkstat -i vA --no-daemon -p 667 --chroot "$PWD/counts" --user root > darkstat.log 2>&1 &
  for i in $(seq 20); do sleep 1.5; curl -s http://www.lab.example/ -o page; dig +short +tries=1 @10.200.1.2 "host$i.lab.example"; done
  sleep 3
  kill %1 %2
}
