/// The versions of D that brought names in (libdtrace `dt_open.c`, `dt_version.h`): under `-x version=1.0` a later one is the script's.
enum Versions {
  /// Whether D of that version has the name. Everything not in the table was there from the first version on.
  static func has(_ name: String, in version: String?) -> Bool {
    guard let version, let since = introduced[name] else { return true }
    return !number(version).lexicographicallyPrecedes(number(since))
  }

  private static func number(_ text: String) -> [Int] {
    let parts = text.split(separator: ".").map { Int($0) ?? 0 }
    return parts + [Int](repeating: 0, count: max(0, 3 - parts.count))
  }

  private static let introduced: [String: String] = [
    ("1.1", "freopen index memref rindex strchr strrchr strstr strtok substr"),
    ("1.2", "func mod setopt sym uaddr ucaller ufunc umod ustackdepth usym"),
    ("1.3", "htonl htonll htons ntohl ntohll ntohs"),
    ("1.5", "inet_ntoa inet_ntoa6 inet_ntop link_ntop"),
    ("1.6", "stddev"),
    ("1.6.4", "llquantize pcap"),
    ("1.11", "json"),
  ].reduce(into: [:]) { table, row in
    for name in row.1.split(separator: " ") { table[String(name)] = row.0 }
  }
}
