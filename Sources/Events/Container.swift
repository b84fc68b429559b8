/// Which container a process is in, by the path of its control group; nil when it is in none that is known.
///
/// Docker, podman, containerd, CRI-O and Kubernetes name the group after the container's id, 64 hexadecimal digits, with or without
/// words around it (`docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`, `/docker/ID`); systemd-nspawn
/// (`systemd-nspawn@NAME.service`, `machine-NAME.scope`) and LXC (`lxc.payload.NAME`) after its name. What is innermost counts.
package func container(ofControlGroup path: [UInt8]) -> [UInt8]? {
  for part in path.split(separator: UInt8(ascii: "/")).reversed() {
    let bare = part.without(suffix: ".scope").without(suffix: ".service")
    if bare.count >= 64, bare.suffix(64).allSatisfy(isHexadecimal),
      bare.count == 64 || bare.dropLast(64).last == UInt8(ascii: "-")
    {
      return Array(bare.suffix(64))
    }
    for prefix in ["systemd-nspawn@", "machine-", "lxc.payload."] where bare.starts(with: prefix.utf8) {
      // `machine-ID.scope` without a scope is no unit of systemd's.
      guard prefix != "machine-" || part.count > bare.count else { continue }
      return Array(bare.dropFirst(prefix.utf8.count))
    }
  }
  return nil
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

extension ArraySlice<UInt8> {
  fileprivate func without(suffix ending: String) -> ArraySlice<UInt8> {
    suffix(ending.utf8.count).elementsEqual(ending.utf8) ? dropLast(ending.utf8.count) : self
  }
}
