# darkstat captures, and shows its counts to who asks for them.
peers() { chatter; website; for i in 1 2 3 4; do sleep 2; curl -s http://10.200.1.1:667/hosts/ -o hosts; done & }
scene() {
  mkdir -p counts && darkstat -i vA --no-daemon -p 667 --chroot "$PWD/counts" --user root > darkstat.log 2>&1 &
  for i in $(seq 12); do sleep 0.6; curl -s http://10.200.1.2/ -o page; done
  kill %1
}
