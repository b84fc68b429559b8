# ncat has a proxy on Tor's port connect to a hidden service.
PAYLOAD=full
peers() { ncat -l --proxy-type http 10.200.1.2 9999 & listening t 9999; }
scene() {
  ncat -l 127.0.0.1 9050 > asked &
  listening t 9050
  echo hello | timeout 3 ncat --proxy 127.0.0.1:9050 --proxy-type socks5 --proxy-dns remote duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion 80
  kill %1
}
