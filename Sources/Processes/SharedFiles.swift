import Events
package import Files

// How processes come to the same bytes without a pipe or a socket: files, named pipes and mappings.

/// A file on its device, as the kernel has both.
package struct FileKey: Sendable, Hashable, Comparable {
  package var inode: UInt64
  /// `dev_t` as the kernel has it: the minor number in the lower 20 bits.
  package var device: UInt64

  /// nil of what is neither a regular file nor a pipe.
  package init?(_ identity: FileIdentity) {
    guard identity.isRegular || identity.isFIFO else { return nil }
    // As gnu_dev_major(3) and gnu_dev_minor(3) take `st_dev` apart.
    let major = identity.device >> 8 & 0xfff | identity.device >> 32 & ~0xfff
    let minor = identity.device & 0xff | identity.device >> 12 & ~0xff
    self.init(inode: identity.inode, major: major, minor: minor)
  }

  init(inode: UInt64, major: UInt64, minor: UInt64) {
    self.inode = inode
    device = major << 20 | minor
  }

  package static func < (a: FileKey, b: FileKey) -> Bool { (a.device, a.inode) < (b.device, b.inode) }
}

/// A file, or memory, that a process shares with others by a mapping.
struct SharedMapping {
  var file: FileKey
  var canWrite: Bool
  var path: [UInt8]
}

/// The shared mappings of a process (proc(5), `maps`), each file once, 1,024 at most. Devices that are mapped are none.
func sharedMappings(of pid: UInt32) -> [SharedMapping] {
  var found: [FileKey: SharedMapping] = [:]
  var order: [FileKey] = []
  for line in (readText("/proc/\(pid)/maps") ?? "").split(separator: "\n") where order.count < 1024 {
    let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    guard words.count == 6, words[1].hasSuffix("s"), let inode = UInt64(words[4]), inode != 0 else { continue }
    let device = words[3].split(separator: ":").compactMap { UInt64($0, radix: 16) }
    let path = Array(words[5].drop { $0 == " " }.utf8)
    let isDevice =
      path.starts(with: "/dev/".utf8) && !["/dev/shm/", "/dev/zero"].contains { path.starts(with: $0.utf8) }
    guard device.count == 2, path.first == UInt8(ascii: "/"), !isDevice else { continue }
    let key = FileKey(inode: inode, major: device[0], minor: device[1])
    if found[key] == nil { order.append(key) }
    found[key, default: SharedMapping(file: key, canWrite: false, path: path)].canWrite =
      found[key]?.canWrite == true || words[1].contains("w")
  }
  return order.compactMap { found[$0] }
}

/// The files and named pipes that a process has open to write, or shares by a mapping that it may write to; at most 2,048.
package func filesToWrite(of pid: UInt32) -> Set<FileKey> {
  let base = "/proc/\(pid)"
  var found: Set<FileKey> = []
  for number in listDirectory(base + "/fd").compactMap({ Int32($0) }) where found.count < 1024 {
    // Who reads a pipe without a name is known when it is seen to be written.
    guard let identity = identity(of: "\(base)/fd/\(number)"), let key = FileKey(identity),
      descriptorFlags(base, number) & 3 != 0, readLink("\(base)/fd/\(number)")?.hasPrefix("pipe:") == false
    else { continue }
    found.insert(key)
  }
  return found.union(sharedMappings(of: pid).filter(\.canWrite).map(\.file))
}

/// The processes that have any of these files open to read, or share it by a mapping.
package func readers(ofFiles files: Set<FileKey>) -> [UInt32] {
  guard !files.isEmpty else { return [] }
  return listDirectory("/proc").compactMap { UInt32($0) }.filter { pid in
    sharedMappings(of: pid).contains { files.contains($0.file) }
      || canRead(pid) { identity(of: $0).flatMap(FileKey.init).map(files.contains) ?? false }
  }
}

/// A process and all that it started, as far as they live.
package func processTree(of root: UInt32) -> [UInt32] {
  var children: [UInt32: [UInt32]] = [:]
  for pid in listDirectory("/proc").compactMap({ UInt32($0) }) {
    guard let parent = (try? ProcessSnapshot.actor(of: pid))?.parent else { continue }
    children[parent, default: []].append(pid)
  }
  var found = [root]
  var next = 0
  while next < found.count {
    found += children[found[next]] ?? []
    next += 1
  }
  return found
}
