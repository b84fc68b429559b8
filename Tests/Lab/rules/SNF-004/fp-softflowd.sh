# softflowd captures, and sends the flows to a collector.
peers() { chatter; website; datagrams 9995; }
scene() {
  softflowd -d -i vA -n 10.200.1.2:9995 -v 9 -t maxlife=3 -t expint=1 -p "$PWD/softflowd.pid" -c "$PWD/softflowd.ctl" > softflowd.log 2>&1 &
  for i in $(seq 12); do sleep 0.6; curl -s http://10.200.1.2/ -o page; done
  kill %1
}
