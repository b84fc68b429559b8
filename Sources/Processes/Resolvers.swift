package import Events
import Files

/// Whom a process asks for names by the files of its root: the name servers of /etc/resolv.conf, this machine itself where it names none
/// (resolv.conf(5)), and those that a local resolver was given: systemd-resolved's, NetworkManager's for dnsmasq, and resolvconf's.
/// - Parameter root: `/proc/PID/root`, or empty for this process's own.
package func resolvers(root: String = "") -> [Address] {
  var found = nameServers(readText(root + "/etc/resolv.conf") ?? "")
  if found.isEmpty { found = [Address(v4: 0x7f00_0001), Address(v6High: 0, low: 1)] }
  for path in [
    "/run/systemd/resolve/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf", "/run/dnsmasq/resolv.conf",
  ] {
    for address in nameServers(readText(root + path) ?? "") where !found.contains(address) { found.append(address) }
  }
  return found
}

/// The addresses behind `nameserver`, each once; of an address with a zone (`fe80::1%eth0`) the address.
package func nameServers(_ text: String) -> [Address] {
  var found: [Address] = []
  for line in text.split(separator: "\n") {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count >= 2, words[0] == "nameserver", let bare = words[1].split(separator: "%").first,
      let address = Address(text: bare), !found.contains(address)
    else { continue }
    found.append(address)
  }
  return found
}
