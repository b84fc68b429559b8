# socat sends thirty datagrams of a hundred bytes, as in each of the five hours before.
peers() { datagrams 6000; }
scene() { for piece in $(seq 30); do head -c 100 /dev/zero; sleep 0.05; done | socat -u -b 100 STDIN UDP:10.200.1.2:6000; }
