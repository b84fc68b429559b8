# A program loads forty files one after the other.
peers() { website; }
scene() { for i in $(seq 40); do curl -s http://10.200.1.2/ -o page; done; }
