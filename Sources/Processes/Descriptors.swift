import Files

/// One open descriptor of a process and what it leads to.
package struct Descriptor: Sendable, Equatable {
  package enum Target: Sendable, Equatable {
    case file(String)
    /// By its inode number in sockfs.
    case socket(inode: UInt64)
    case pipe(inode: UInt64)
    /// `anon_inode:[eventpoll]` and the like.
    case other(String)
  }
  package var number: Int32
  package var target: Target
  /// O_* (`/proc/PID/fdinfo`): 0 read, 1 write, 2 both in the low two bits.
  package var flags: UInt32

  package var canWrite: Bool { flags & 3 != 0 }
  package var canRead: Bool { flags & 3 != 1 }
}

/// Every open descriptor of a process, in ascending order; empty when it is gone or may not be looked at.
package func openDescriptors(of pid: UInt32) -> [Descriptor] {
  let base = "/proc/\(pid)"
  return listDirectory(base + "/fd").compactMap { Int32($0) }.sorted().compactMap { number in
    guard let link = readLink("\(base)/fd/\(number)") else { return nil }
    return Descriptor(number: number, target: target(of: link), flags: flags(base, number))
  }
}

private func target(of link: String) -> Descriptor.Target {
  if let inode = bracketed(link, "socket:[") { return .socket(inode: inode) }
  if let inode = bracketed(link, "pipe:[") { return .pipe(inode: inode) }
  return link.hasPrefix("/") ? .file(link) : .other(link)
}

private func bracketed(_ link: String, _ prefix: String) -> UInt64? {
  guard link.hasPrefix(prefix), link.hasSuffix("]") else { return nil }
  return UInt64(link.dropFirst(prefix.count).dropLast())
}

private func flags(_ base: String, _ number: Int32) -> UInt32 {
  for line in (readText("\(base)/fdinfo/\(number)") ?? "").split(separator: "\n") where line.hasPrefix("flags:") {
    return UInt32(line.dropFirst(6).drop { $0 == "\t" || $0 == " " }, radix: 8) ?? 0
  }
  return 0
}

/// The processes that hold the reading end of a pipe, other than `except`.
package func readers(ofPipe inode: UInt64, except: UInt32) -> [UInt32] {
  listDirectory("/proc").compactMap { UInt32($0) }.filter { pid in
    pid != except && openDescriptors(of: pid).contains { $0.target == .pipe(inode: inode) && $0.canRead }
  }
}
