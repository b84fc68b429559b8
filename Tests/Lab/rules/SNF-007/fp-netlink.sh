# ip asks for the links by netlink.
scene() { ip link; ip addr; }
