/// Where a live watch keeps the host's history: in the folder that systemd has for it (systemd.exec(5), StateDirectory=), or the one that
/// it would have.
func usualHistory() -> String {
  // Of several folders, with colons between, the first.
  let given = environment()["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
  return (given ?? "/var/lib/culprit") + "/history.sqlite"
}
