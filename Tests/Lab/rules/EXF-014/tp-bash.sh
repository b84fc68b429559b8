# bash keeps a connection by /dev/tcp for six seconds, and says one word at its end.
peers() { sink 7000; }
scene() { bash -c 'exec 5<>/dev/tcp/10.200.1.2/7000; sleep 6; echo bye >&5'; }
