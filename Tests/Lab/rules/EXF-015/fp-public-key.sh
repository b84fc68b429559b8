# The public key is sent.
CALLS=yes
peers() { sink 7000; }
scene() {
  mkdir -p .ssh
  seq 100 > .ssh/id_ed25519.pub
  nc -N 10.200.1.2 7000 < "$PWD/.ssh/id_ed25519.pub"
}
