# ssh logs in with a key in .ssh, and what it brings another program sends on.
CALLS=yes
peers() {
  sink 7000
  mkdir -p -m 755 /run/sshd .ssh
  ssh-keygen -q -t ed25519 -N "" -f host && ssh-keygen -q -t ed25519 -N "" -f .ssh/id_ed25519 && cp .ssh/id_ed25519.pub allowed && chmod 600 allowed
  printf '%s\n' "HostKey $PWD/host" "AuthorizedKeysFile $PWD/allowed" "StrictModes no" "PidFile none" "ListenAddress 10.200.1.2" "UsePAM no" \
    "PermitRootLogin yes" > sshd_config
  /usr/sbin/sshd -D -f "$PWD/sshd_config" & listening t 22
}
scene() {
  timeout 8 ssh -F none -i .ssh/id_ed25519 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    root@10.200.1.2 seq 300 | timeout 3 nc -N 10.200.1.2 7000
}
