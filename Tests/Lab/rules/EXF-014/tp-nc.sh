# nc keeps a connection for six seconds and says a line each two seconds.
peers() { sink 7000; }
scene() { for i in 1 2 3; do sleep 2; echo "$i"; done | nc -N 10.200.1.2 7000; }
