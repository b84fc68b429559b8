# A command is run by SSH between two others, here and there: on either side what comes is for a program, and one's answer is sent.
peers() {
  ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f key && cp key.pub keys && mkdir -p /run/sshd
  /usr/sbin/sshd -D -f /dev/null -p 2222 -h "$PWD/host" -o "AuthorizedKeysFile=$PWD/keys" -o StrictModes=no -o UsePAM=no -o PidFile=none &
  listening t 2222
}
over() { ssh -p 2222 -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -F none 10.200.1.2 "$@"; }
scene() {
  seq 1000 | over 'sort -rn' | head -3
  (echo id; sleep 0.3; echo exit; sleep 0.3) | over -tt sh
}
