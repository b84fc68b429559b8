# netsniff-ng captures three packets.
peers() { chatter; }
scene() { netsniff-ng -i vA -o out.pcap -n 3 -s; }
