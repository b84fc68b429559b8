# A program whose file is deleted while it runs, and which has nothing to do with the network.
scene() {
  cp /bin/sleep ./napping
  ./napping 1 &
  rm -f napping
  ping -n -c 1 10.200.1.2
  wait
}
