# Perl reads datagrams that are for somebody else's port.
peers() { (for i in $(seq 300); do echo secret | socat -u - UDP:10.200.1.1:9999; sleep 0.1; done) & }
scene() {
  timeout 10 perl -MSocket -e 'socket(my $s, AF_INET, SOCK_RAW, 17) or die; for (1..2) { recv($s, my $b, 2048, 0) }'
}
