# The interface becomes a bridge's port, for which the kernel makes it promiscuous: nobody asks for that.
peers() { chatter; }
scene() {
  ip link add snoop type bridge
  ip link set vA master snoop
  tcpdump -pni vA -c 3 -w out.pcap
}
