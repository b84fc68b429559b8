# sshd checks a login, and cron's sister su another; what they start sends something.
CALLS=yes
peers() { sink 7000; }
scene() { su root -s /bin/sh -c 'seq 300 | timeout 3 nc -N 10.200.1.2 7000'; }
