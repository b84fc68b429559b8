import Answers
import DSemantics
import HostVM
package import IR
import Support

/// The host VM with a row's program.
package struct HostRow: RowEngine {
  private(set) var machine: Machine

  package init(_ row: CompiledRow) throws { machine = try Machine(row.compiled.program, seed: 7) }

  package mutating func fire(_ probe: EnabledProbe.Index, _ moment: Moment, into emit: (RawSpan) -> Void) throws {
    var firing = Firing()
    firing.monotonicTime = moment["timestamp"]
    firing.wallTime = moment["walltimestamp"]
    firing.cpu = UInt32(truncatingIfNeeded: moment["cpu"])
    firing.pid = UInt32(truncatingIfNeeded: moment["pid"])
    firing.tid = UInt32(truncatingIfNeeded: moment["tid"])
    firing.ppid = UInt32(truncatingIfNeeded: moment["ppid"])
    firing.uid = UInt32(truncatingIfNeeded: moment["uid"])
    firing.gid = UInt32(truncatingIfNeeded: moment["gid"])
    firing.errno = Int32(truncatingIfNeeded: moment["errno"])
    firing.execname = Array(moment.execname.utf8)
    firing.integers = (0..<10).map { moment.input.argument($0) }
    firing.memory = Pages(moment.input.memory)
    machine.fire(probe, firing, into: emit)
  }

  /// What it counted as dropped.
  var drops: CountedDrops {
    let drops = machine.drops
    return CountedDrops(
      dynamic: drops.dynamicVariables, aggregation: drops.aggregations,
      other: drops.speculations + drops.speculationsBusy + drops.speculationsUnavailable)
  }

  package mutating func entries(of aggregation: Aggregation.ID) -> [AggregationEntry] {
    machine.aggregationEntries(aggregation)
  }
  package mutating func clear(_ aggregation: Aggregation.ID) { machine.clear(aggregation) }
  package var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { machine.concludedSpeculations }
  package mutating func free(speculation ticket: UInt64) { machine.free(speculation: ticket) }
  package mutating func remove(_ keys: [[UInt8]], from aggregation: Aggregation.ID) {
    machine.remove(keys, from: aggregation)
  }
}

/// What an engine could not keep.
struct CountedDrops: Equatable {
  var dynamic: UInt64
  var aggregation: UInt64
  /// Of kinds that do not happen where one firing comes after the other and the ring is read after each.
  var other: UInt64
}

/// User memory as a row says: pages of zeros with texts in them.
private struct Pages: MemoryReader {
  private var texts: [(address: UInt64, bytes: [UInt8])]

  init(_ memory: [UInt64: String]) { texts = memory.map { ($0.key, Array($0.value.utf8) + [0]) } }

  func read(_ count: Int, at address: UInt64, in space: Space, into bytes: inout [UInt8]) {
    guard space == .user else { return }
    for offset in 0..<UInt64(count) {
      let (place, overflow) = address.addingReportingOverflow(offset)
      guard !overflow, let byte = byte(at: place) else { return }
      bytes.append(byte)
    }
  }

  private func byte(at address: UInt64) -> UInt8? {
    var isMapped = false
    for (start, bytes) in texts {
      let end = start + UInt64(bytes.count) - 1
      if (start...end).contains(address) { return bytes[Int(address - start)] }
      if (start / 4096...end / 4096).contains(address / 4096) { isMapped = true }
    }
    return isMapped ? 0 : nil
  }
}
