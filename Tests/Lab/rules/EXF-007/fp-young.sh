# nc connects to a new port when the rule has watched for three days.
peers() { sink 7000; }
scene() { head -c 1000 /dev/zero | nc -N 10.200.1.2 7000; }
