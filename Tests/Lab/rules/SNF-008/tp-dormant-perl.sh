# Perl waits on a packet socket for IPv4, bound to no interface, behind a filter for one port's datagrams (`udp port 53535`); nobody sends one.
scene() {
  tcpdump -ddd -y EN10MB 'udp port 53535' > code
  timeout 7 perl -MSocket -e 'open(my $f, "<", "code"); my @l = <$f>; shift @l;
my $raw = join "", map { pack "SCCL", split } @l;
socket(my $s, 17, 3, unpack("n", pack("S", 0x800))) or die;
setsockopt($s, 1, 26, pack("Sx6P", scalar(@l), $raw)) or die;
recv($s, my $b, 2048, 0)'
}
