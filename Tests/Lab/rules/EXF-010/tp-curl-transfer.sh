# curl uploads a file to transfer.sh, or rather to a server of the lab that is asked by this name.
PAYLOAD=full
peers() { sink 80; }
scene() { seq 100 > file; curl -s -m 1 --resolve transfer.sh:80:10.200.1.2 -T file http://transfer.sh/file; }
