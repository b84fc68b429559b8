dtrace -n 'syscall:::entry /execname == "srg"/ \
  { @num[probefunc] = count(); }'
