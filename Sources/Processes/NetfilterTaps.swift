package import Events
import Files

/// What netfilter hands to sockets of a process: groups of NFLOG and queues of NFQUEUE, as /proc has them in the process's network namespace.
/// - Parameter descriptors: the process's.
package func netfilterTaps(_ descriptors: [DescriptorState], of pid: UInt32) -> [AttachmentEvent] {
  let base = "/proc/\(pid)/net/"
  let groups = [("log", AttachmentEvent.netfilterLog), ("queue", AttachmentEvent.netfilterQueue)].flatMap {
    name, type in
    // The group's number, then the address of the socket that asked for it.
    numbers(base + "netfilter/nfnetlink_" + name, [0, 1]).map { (group: $0[0], address: $0[1], type: type) }
  }
  guard !groups.isEmpty else { return [] }
  let own = Set(descriptors.filter { $0.kind == .socket }.map(\.inode))
  // `sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode`; the third is the address, NETLINK_NETFILTER is 12.
  let addresses = Set(numbers(base + "netlink", [1, 2, 9]).filter { $0[0] == 12 && own.contains($0[2]) }.map { $0[1] })
  return groups.filter { addresses.contains($0.address) }.map { group in
    var held = AttachmentEvent(.heldNetfilter)
    held.type = group.type
    held.program = UInt32(truncatingIfNeeded: group.group)
    return held
  }
}

/// Some columns of each line of a table that has numbers there; lines that have none are left out.
private func numbers(_ path: String, _ columns: [Int]) -> [[UInt64]] {
  (readText(path) ?? "").split(separator: "\n").compactMap { line in
    let words = line.split(separator: " ")
    let found = columns.compactMap { words.indices.contains($0) ? UInt64(words[$0]) : nil }
    return found.count == columns.count ? found : nil
  }
}
