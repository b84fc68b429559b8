# iodine asks iodined for names below t.example.org: the handshake, and then forty pings through the tunnel.
PAYLOAD=full
peers() { iodined -f -c -P secret -d tunS 192.168.77.1 t.example.org & listening u 53; }
scene() {
  iodine -f -r -P secret -d tunC 10.200.1.2 t.example.org &
  sleep 9
  ping -n -c 40 -i 0.1 -W 1 192.168.77.1
  kill %1
}
