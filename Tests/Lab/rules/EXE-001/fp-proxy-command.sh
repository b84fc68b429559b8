# SSH goes through two programs of bash's, one each way.
peers() {
  ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f key && cp key.pub keys && mkdir -p /run/sshd
  /usr/sbin/sshd -D -f /dev/null -p 2222 -h "$PWD/host" -o "AuthorizedKeysFile=$PWD/keys" -o StrictModes=no -o UsePAM=no -o PidFile=none &
  listening t 2222
}
scene() {
  timeout 8 ssh -p 2222 -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -F none \
    -o "ProxyCommand=bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3'" 10.200.1.2 'id; uname'
}
