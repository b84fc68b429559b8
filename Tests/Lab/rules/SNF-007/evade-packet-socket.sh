# netsniff-ng hears the same by a packet socket, which is SNF-001's matter.
peers() { chatter; }
scene() { netsniff-ng -i vA -o out.pcap -n 3 -s; }
