# Perl waits for a datagram, and starts nc.
peers() { sink 4444; (for _ in $(seq 20); do sleep 2; echo x | socat -u - UDP:10.200.1.1:53535; done) & }
scene() {
  tcpdump -ddd -y EN10MB 'udp port 53535' > code
  timeout 8 perl -MSocket -e 'open(my $f, "<", "code"); my @l = <$f>; shift @l;
my $raw = join "", map { pack "SCCL", split } @l;
socket(my $s, 17, 3, unpack("n", pack("S", 0x800))) or die;
setsockopt($s, 1, 26, pack("Sx6P", scalar(@l), $raw)) or die;
recv($s, my $b, 2048, 0); system("echo here | nc -N 10.200.1.2 4444")'
}
