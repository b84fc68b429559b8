# The connection is made anew every two seconds.
peers() { sink 7000; }
scene() { for i in 1 2 3; do (sleep 2; echo "$i") | nc -N 10.200.1.2 7000; done; }
