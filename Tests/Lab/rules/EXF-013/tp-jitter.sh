# A loop in a shell asks a web server every second and a half, more or less by up to forty percent.
peers() { website; }
scene() { for d in 1.2 2.0 0.9 1.7 1.4 1.1 2.1 1.6 1.0 1.9 1.3 1.8 1.5 1.2; do curl -s -o /dev/null http://10.200.1.2/; sleep $d; done; }
