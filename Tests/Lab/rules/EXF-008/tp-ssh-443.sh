# ssh to port 443. Who answers there is a banner and nothing more.
PAYLOAD=full
peers() { (echo SSH-2.0-OpenSSH_9.2; sleep 60) | timeout 60 nc -l 10.200.1.2 443 > got & listening t 443; }
scene() { timeout 3 ssh -F /dev/null -p 443 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null 10.200.1.2 true; }
