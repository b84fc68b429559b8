# Python puts nc into memory (memfd_create) and becomes it; nc sends a line.
peers() { sink 7000; }
scene() {
  echo hello | python3 -ISc 'import os, sys
m = os.memfd_create("x")
os.write(m, open("/bin/nc.openbsd", "rb").read())
os.execve(m, ["nc", "-N", "10.200.1.2", "7000"], {})'
}
