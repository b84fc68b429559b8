# curl, which has loaded pages from port 80 on every day before (fp-common), goes to port 4444.
peers() { website 4444; }
scene() { curl -s http://10.200.1.2:4444/ -o page; }
