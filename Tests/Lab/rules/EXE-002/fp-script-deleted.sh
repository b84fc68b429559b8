# A script is deleted while it runs; its interpreter is where it was. It loads a page.
peers() { website; }
scene() {
  printf 'sleep 0.3; curl -s http://10.200.1.2/ -o page\n' > once.sh
  bash ./once.sh &
  sleep 0.1
  rm -f once.sh
  wait
}
