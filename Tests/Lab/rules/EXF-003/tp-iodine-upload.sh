# iodine carries twenty kilobytes up through its tunnel, in names that are no letters and digits.
PAYLOAD=full
peers() { iodined -f -c -P secret -d tunS 192.168.77.1 t.example.org & listening u 53; socat -u TCP-LISTEN:7000,fork,reuseaddr OPEN:/dev/null & listening t 7000; }
scene() {
  iodine -f -r -P secret -d tunC 10.200.1.2 t.example.org &
  sleep 9
  head -c 20000 /dev/urandom | timeout 15 nc -N 192.168.77.1 7000
  kill %1
}
