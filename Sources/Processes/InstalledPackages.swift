import Crypto
import Events
import Files

/// Which of Debian's packages programs are part of, as dpkg(1) has it below /var/lib/dpkg/info.
package struct InstalledPackages: Sendable {
  private let folder: String
  private var known: [[UInt8]: [String]] = [:]
  /// Beyond so many paths the table begins anew.
  private static let most = 1024

  /// - Parameter folder: where `NAME.list` and `NAME.md5sums` lie.
  package init(in folder: String = "/var/lib/dpkg/info") { self.folder = folder }

  /// The package that lists the path, and whose file the executable of a process still is, byte for byte; nil for everything else, so also
  /// for a program that somebody put in a package's place. `ARCHITECTURE` behind a colon is left out.
  package mutating func package(of pid: UInt32, path: [UInt8]) -> String? {
    let names = owners(of: path)
    guard !names.isEmpty, let bytes = try? readFile("/proc/\(pid)/exe", limit: 256 << 20) else { return nil }
    let digest = hexadecimal(Insecure.MD5.hash(data: bytes))
    let relative = Array(path.dropFirst())
    for name in names {
      guard let sums = try? readFile("\(folder)/\(name).md5sums", limit: 16 << 20) else { continue }
      for place in Self.spellings(of: relative) where sums.hasLine(Array(digest.utf8) + [32, 32] + place) {
        return String(name.prefix { $0 != ":" })
      }
    }
    return nil
  }

  /// The packages whose lists have the path.
  private mutating func owners(of path: [UInt8]) -> [String] {
    guard path.first == UInt8(ascii: "/") else { return [] }
    if let names = known[path] { return names }
    let wanted = Self.spellings(of: Array(path.dropFirst())).map { [UInt8(ascii: "/")] + $0 }
    let names = listDirectory(folder).filter { $0.hasSuffix(".list") }.filter { name in
      guard let list = try? readFile("\(folder)/\(name)", limit: 64 << 20) else { return false }
      return wanted.contains { list.hasLine($0) }
    }.map { String($0.dropLast(5)) }
    if known.count >= Self.most { known.removeAll() }
    known[path] = names
    return names
  }

  /// A path without its first stroke, and as packages from before the merge of /usr have it.
  private static func spellings(of path: [UInt8]) -> [[UInt8]] {
    let usr = Array("usr/".utf8)
    return path.starts(with: usr) ? [path, Array(path.dropFirst(usr.count))] : [path, usr + path]
  }
}

extension [UInt8] {
  /// Whether one of its lines is exactly this.
  fileprivate func hasLine(_ wanted: [UInt8]) -> Bool {
    let (text, line) = (span, wanted.span)
    var start = 0
    for place in 0...text.count where place == text.count || text[place] == UInt8(ascii: "\n") {
      defer { start = place + 1 }
      guard place - start == line.count else { continue }
      // Paths differ most often at their ends.
      var index = line.count - 1
      while index >= 0, text[start + index] == line[index] { index -= 1 }
      if index < 0 { return true }
    }
    return false
  }
}
