# The same copy of socat waits on loopback only.
scene() { cp /usr/bin/socat ./service; timeout 2 "$PWD/service" -u TCP-LISTEN:9000,bind=127.0.0.1 OPEN:/dev/null; }
