dtrace -n 'syscall:::entry/execname == "srg"/{ustack()}'
