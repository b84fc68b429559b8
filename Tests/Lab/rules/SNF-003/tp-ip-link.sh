# The interface is made promiscuous by ip, through rtnetlink, and tcpdump is told not to ask for it: no packet socket has a membership.
peers() { chatter; }
scene() {
  ip link set vA promisc on
  tcpdump -pni vA -c 3 -w out.pcap
}
