# bash answers what a server says: it looks at the load, at who is there and at the time, and writes of each what it wants.
peers() { socat TCP-LISTEN:6667,bind=10.200.1.2 SYSTEM:'for w in load users time load users; do echo \$w; read a; sleep 0.2; done' & listening t 6667; }
scene() {
  timeout 8 bash -c 'exec 3<>/dev/tcp/10.200.1.2/6667
    while read -r w <&3; do case $w in load) uptime | cut -c1-9 ;; users) who | wc -l ;; time) date +%s ;; esac | sed "s/^/: /" >&3; done'
}
