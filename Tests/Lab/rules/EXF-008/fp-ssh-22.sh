# ssh to port 22.
PAYLOAD=full
peers() { (echo SSH-2.0-OpenSSH_9.2; sleep 60) | timeout 60 nc -l 10.200.1.2 22 > got & listening t 22; }
scene() { timeout 3 ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null 10.200.1.2 true; }
