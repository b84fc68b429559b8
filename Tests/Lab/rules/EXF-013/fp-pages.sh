# A shell loads twelve pages, three parts each at once, and waits two thirds of a second after each.
peers() { website 80; }
scene() {
  for _ in $(seq 12); do
    for _ in 1 2 3 4; do curl -s -o /dev/null http://10.200.1.2/; done
    sleep 0.65
  done
}
