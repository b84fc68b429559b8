# ssh reads a key and tries a server on port 22, which is no SSH server.
CALLS=yes
peers() { (echo SSH-2.0-nothing; sleep 60) | timeout 60 nc -l -N 10.200.1.2 22 > got & listening t 22; }
scene() {
  mkdir -p .ssh
  ssh-keygen -q -t ed25519 -N "" -f .ssh/id_ed25519
  timeout 4 ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i .ssh/id_ed25519 10.200.1.2 true
}
