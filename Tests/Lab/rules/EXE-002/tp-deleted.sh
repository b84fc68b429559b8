# A copy of socat deletes itself, by the shell that started it, and connects afterwards.
peers() { sink 7000; }
scene() {
  cp /usr/bin/socat ./agent
  (sleep 1; echo hello) | ./agent -u - TCP:10.200.1.2:7000,retry=3 &
  # socat opens its second address when its first is there: before the connection the file is gone.
  rm -f agent
  wait
}
