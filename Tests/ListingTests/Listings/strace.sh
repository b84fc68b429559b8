dtrace -n syscall:::'/pid == 510/ {}'
