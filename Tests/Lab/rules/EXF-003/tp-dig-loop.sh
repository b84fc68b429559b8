# A shell asks for 25 names of 48 letters, large and small ones, below one domain, each by a dig of its own.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() {
  for i in $(seq 10 34); do
    dig +short +tries=1 @10.200.1.2 "MfRggzDfMztwQ2lQnFsG6zDfMztwQ2lQnFsG6zDfMztwQ2$i.T.Example.ORG"
    sleep 0.05
  done
}
