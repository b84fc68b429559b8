/// The members of `socketinfo_t` that a feed traces, in its order.
let tracedSocketMembers = [
  "so_address", "so_cookie", "so_netns", "so_family", "so_type", "so_protocol", "so_lport", "so_rport_net",
  "so_laddr_hi", "so_laddr_lo", "so_raddr_hi", "so_raddr_lo", "so_ifindex",
  "so_filter", "so_filter_length", "so_frames", "so_ring", "so_peer",
]
