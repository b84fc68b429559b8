# nc sends lines to port 443, in the clear.
PAYLOAD=full
peers() { sink 443; }
scene() { for i in 1 2 3 4 5 6 7 8; do echo "line $i"; sleep 0.1; done | nc -N 10.200.1.2 443; }
