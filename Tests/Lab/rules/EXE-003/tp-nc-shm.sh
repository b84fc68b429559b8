# A copy of nc in /dev/shm waits for a connection.
scene() {
  d=$(mktemp -d /dev/shm/scene.XXXXXX)
  cp /bin/nc.openbsd "$d/service"
  timeout 2 "$d/service" -l 9000
  rm -r "$d"
}
