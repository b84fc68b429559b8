# A shell loads a page by curl every second, twelve times.
peers() { website; }
scene() { for i in $(seq 12); do curl -s http://10.200.1.2/ -o page; sleep 1; done; }
