# Debian's tor wants to reach the network through a bridge of the lab, on the port of HTTPS; the bridge is a server of TLS, and no relay.
PAYLOAD=full
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -quiet > got & listening t 443; }
scene() {
  mkdir -m 700 state
  timeout 20 tor -f /dev/null --ignore-missing-torrc --defaults-torrc /dev/null --DataDirectory "$PWD/state" --SocksPort 9150 --UseBridges 1 --Bridge 10.200.1.2:443 --Log 'notice stdout'
}
