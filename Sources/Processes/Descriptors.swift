package import Events
import Files

/// Every open descriptor of a process, in ascending order, and behind them the files that it shares by mapping them, with numbers below -1; empty when it
/// is gone or may not be looked at.
package func openDescriptors(of pid: UInt32) -> [DescriptorState] {
  let base = "/proc/\(pid)"
  let mapped = sharedMappings(of: pid).enumerated().map { index, mapping in
    DescriptorState(
      number: -2 - Int32(index), kind: .regular, flags: mapping.canWrite ? 2 : 0, inode: mapping.file.inode,
      path: mapping.path)
  }
  return listDirectory(base + "/fd").compactMap { Int32($0) }.sorted().compactMap { number in
    guard let link = readLink("\(base)/fd/\(number)") else { return nil }
    let file = identity(of: "\(base)/fd/\(number)")
    return DescriptorState(
      number: number, kind: file?.kind ?? .other, flags: descriptorFlags(base, number), inode: file?.inode ?? 0,
      path: Array(link.utf8))
  } + mapped
}

extension FileIdentity {
  /// By S_IFMT's bits.
  fileprivate var kind: DescriptorState.Kind {
    switch mode & 0o170000 {
    case 0o100000: .regular
    case 0o040000: .directory
    case 0o020000: .character
    case 0o060000: .block
    case 0o010000: .pipe
    case 0o140000: .socket
    default: .other
    }
  }
}

func descriptorFlags(_ base: String, _ number: Int32) -> UInt32 {
  for line in (readText("\(base)/fdinfo/\(number)") ?? "").split(separator: "\n") where line.hasPrefix("flags:") {
    return UInt32(line.dropFirst(6).drop { $0 == "\t" || $0 == " " }, radix: 8) ?? 0
  }
  return 0
}

/// A BPF program, or a buffer that programs write to, behind a descriptor, as /proc/PID/fdinfo tells; nil for anything else.
package func heldBPF(_ descriptor: DescriptorState, of pid: UInt32) -> AttachmentEvent? {
  let isProgram = descriptor.path == Array("anon_inode:bpf-prog".utf8)
  guard isProgram || descriptor.path == Array("anon_inode:bpf-map".utf8) else { return nil }
  var values: [Substring: UInt32] = [:]
  for line in (readText("/proc/\(pid)/fdinfo/\(descriptor.number)") ?? "").split(separator: "\n") {
    let words = line.split { $0 == ":" || $0 == "\t" || $0 == " " }
    if words.count == 2 { values[words[0]] = UInt32(words[1]) }
  }
  guard let type = values[isProgram ? "prog_type" : "map_type"], let id = values[isProgram ? "prog_id" : "map_id"]
  else {
    return nil
  }
  // BPF_MAP_TYPE_PERF_EVENT_ARRAY and _RINGBUF.
  guard isProgram || type == 4 || type == 27 else { return nil }
  var held = AttachmentEvent(isProgram ? .heldProgram : .heldBuffer)
  held.type = type
  held.program = id
  return held
}

/// The processes that can read what is written into any of these pipes.
package func readers(ofPipes inodes: Set<UInt64>) -> [UInt32] {
  let links = Set(inodes.map { "pipe:[\($0)]" })
  return listDirectory("/proc").compactMap { UInt32($0) }.filter { pid in
    canRead(pid) { readLink($0).map(links.contains) ?? false }
  }
}

/// Whether a process has a descriptor open to read of which this is so, by its path in /proc.
func canRead(_ pid: UInt32, where isWanted: (String) -> Bool) -> Bool {
  let base = "/proc/\(pid)"
  return listDirectory(base + "/fd").compactMap { Int32($0) }.contains { number in
    isWanted("\(base)/fd/\(number)") && descriptorFlags(base, number) & 3 != 1
  }
}
