dtrace -n 'mib:ip::/execname == "srg"/{@[execname]=count()}'
