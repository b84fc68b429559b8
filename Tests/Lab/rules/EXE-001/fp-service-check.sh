# bash talks to a service by /dev/tcp, as checks do: one program writes by the connection, then another reads.
peers() { ncat -lk 10.200.1.2 8313 -c 'read x; echo "hello $x"; read y' & listening t 8313; }
scene() {
  bash -c 'exec 3<>/dev/tcp/10.200.1.2/8313; cat /etc/hostname >&3; head -1 <&3; echo bye >&3'
}
