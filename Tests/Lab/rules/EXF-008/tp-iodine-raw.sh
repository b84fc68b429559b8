# iodine finds that its server can be reached, and speaks to it on port 53 without DNS: forty pings through the tunnel.
PAYLOAD=full
SNAPSHOT=160
peers() { iodined -f -c -P secret -d tunS 192.168.77.1 t.example.org & listening u 53; }
scene() {
  iodine -f -P secret -d tunC 10.200.1.2 t.example.org &
  sleep 9
  ping -n -c 40 -i 0.1 -W 1 192.168.77.1
  kill %1
}
