import Crypto
import Events
import Files

/// Which of Debian's packages programs are part of, as dpkg(1) has it below /var/lib/dpkg/info.
///
/// A machine has a thousand lists, and to read them takes seconds while its disk is cold: they are read once, and again where they have changed.
package struct InstalledPackages: Sendable {
  private let folder: String
  /// The lists that were read, by the package's name, and each one's number.
  private var lists: [String: (file: FileIdentity, number: Int)] = [:]
  private var names: [String] = []
  /// By a path's digest the number of the package that lists it, and of those that do besides.
  private var owners: [UInt64: Int32] = [:]
  private var others: [UInt64: Set<Int32>] = [:]
  /// Paths that no list had when they were looked for.
  private var unknown: Set<UInt64> = []
  /// Paths beyond so many are not known: a full installation of Debian's has a few million.
  private static let most = 1 << 23
  private static let mostUnknown = 1024

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
    let digest = path.span.pathDigest(0..<path.count)
    if owners[digest] == nil {
      if unknown.contains(digest) { return [] }
      read()
    }
    guard let first = owners[digest] else {
      if unknown.count >= Self.mostUnknown { unknown.removeAll() }
      unknown.insert(digest)
      return []
    }
    return ([first] + (others[digest] ?? []).sorted()).map { names[Int($0)] }
  }

  /// Reads the lists that are new or have changed. What a package lists no longer is found out by its sums.
  package mutating func read() {
    for file in listDirectory(folder) where file.hasSuffix(".list") {
      let name = String(file.dropLast(5))
      guard let now = identity(of: "\(folder)/\(file)"), lists[name]?.file != now,
        let list = try? readFile("\(folder)/\(file)", limit: 64 << 20)
      else { continue }
      let number = lists[name]?.number ?? names.count
      if number == names.count { names.append(name) }
      lists[name] = (now, number)
      note(list, Int32(truncatingIfNeeded: number))
    }
  }

  private mutating func note(_ list: [UInt8], _ number: Int32) {
    let text = list.span
    var start = 0
    for place in 0...text.count where place == text.count || text[place] == UInt8(ascii: "\n") {
      defer { start = place + 1 }
      guard place > start else { continue }
      let digest = text.pathDigest(start..<place)
      if let first = owners[digest] {
        // Folders are many packages': a program is one's, or that of two which put it aside for each other.
        if first != number, others[digest, default: []].count < 4 { others[digest, default: []].insert(number) }
      } else if owners.count < Self.most {
        owners[digest] = number
      }
    }
  }

  /// A path without its first stroke, and as packages from before the merge of /usr have it.
  private static func spellings(of path: [UInt8]) -> [[UInt8]] {
    let usr = Array("usr/".utf8)
    return path.starts(with: usr) ? [path, Array(path.dropFirst(usr.count))] : [path, usr + path]
  }
}

/// Of each run's own, so that nobody can make a path that has the number of another.
private let digestSeed = UInt64.random(in: .min ... .max)

extension Span<UInt8> {
  /// A number that paths hardly ever share (FNV-1a), the same with and without `/usr` before it: packages from before the merge of /usr have it so.
  fileprivate func pathDigest(_ range: Range<Int>) -> UInt64 {
    var start = range.lowerBound
    // `/usr/`
    if range.count > 5, self[start + 1] == 0x75, self[start + 2] == 0x73, self[start + 3] == 0x72,
      self[start + 4] == 0x2f
    {
      start += 4
    }
    var digest = digestSeed
    for index in start..<range.upperBound { digest = (digest ^ UInt64(self[index])) &* 0x100_0000_01b3 }
    return digest
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
