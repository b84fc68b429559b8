# A page is loaded and handed to a shell by a pipe: the shell's standard input is the pipe.
peers() { website; }
scene() { curl -s http://10.200.1.2/ | sh -c 'wc -l; id'; }
