# nc connects within the machine.
scene() { sink 7000; head -c 1000 /dev/zero | nc -N 127.0.0.1 7000; }
