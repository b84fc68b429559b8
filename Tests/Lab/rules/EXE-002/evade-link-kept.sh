# The program that runs has another name still, in a folder where nobody looks: it is not without a file.
peers() { sink 7000; }
scene() {
  cp /usr/bin/socat ./agent
  ln agent .hidden
  (sleep 0.5; echo hello) | ./agent -u - TCP:10.200.1.2:7000 &
  rm -f agent
  wait
}
