# Somebody loads pages: the times between are as they come.
peers() { website; }
scene() { for t in 0.6 1.5 0.7 2.1 0.6 1.2 0.6 1.9 0.8 1.4 0.6 1.7; do curl -s http://10.200.1.2/ -o page; sleep $t; done; }
