import Answers
import BPFCode
import Bytes
import IR

/// Records out of the kernel on their way to the printer: kept until the batch is whole and put in the order of time, since the
/// CPUs' come mixed.
struct KernelRecords {
  private var batch: [(time: UInt64, bytes: [UInt8])] = []
  private var reported: [[UInt64]] = []

  /// Takes what waits, prints it, and reports what was dropped.
  mutating func pass(from loaded: inout LoadedProgram, to output: inout TraceOutput) {
    drain(&loaded, to: &output)
    reportDrops(loaded, output)
    output.write()
  }

  private mutating func drain(_ loaded: inout LoadedProgram, to output: inout TraceOutput) {
    var batch = batch
    var aggregations = loaded.aggregations
    // What was asked for by now has its record in what is drained, or none at all.
    let concluded = aggregations.concludedSpeculations
    loaded.drain { record in
      guard record.byteCount >= RecordLayout.headerSize else { return }
      batch.append((record.littleEndian(UInt64.self, at: 8), record.copy(0..<record.byteCount)))
    }
    batch.sort { $0.time < $1.time }
    for entry in batch { output.take(RawSpan(_elements: entry.bytes.span), &aggregations) }
    if !concluded.isEmpty { output.conclude(concluded, &aggregations) }
    batch.removeAll(keepingCapacity: true)
    self.batch = batch
  }

  /// Drops since the last report; those that a CPU made, by the CPU.
  private mutating func reportDrops(_ loaded: borrowing LoadedProgram, _ output: TraceOutput) {
    let now = loaded.dropsPerCPU
    if reported.count != now.count { reported = now.map { $0.map { _ in 0 } } }
    for kind in EmittedObject.Drop.allCases {
      var all: UInt64 = 0
      for cpu in now.indices where now[cpu][kind.rawValue] > reported[cpu][kind.rawValue] {
        let count = now[cpu][kind.rawValue] - reported[cpu][kind.rawValue]
        all += count
        if let drop = kind.drop, drop.isOfCPU { output.say(drop, count, cpu: UInt32(cpu)) }
      }
      if all > 0 {
        if let drop = kind.drop {
          if !drop.isOfCPU { output.say(drop, all) }
        } else {
          output.say("\(all) firings were dropped because they interrupted four others on their CPU")
        }
      }
    }
    reported = now
  }
}

extension EmittedObject.Drop {
  /// What dtrace calls it; nil for what dtrace has no word for.
  fileprivate var drop: Drop? {
    switch self {
    case .principal: .principal
    case .aggregation: .aggregation
    case .dynamic: .dynamic
    case .speculation: .speculation
    case .speculationBusy: .speculationBusy
    case .speculationUnavailable: .speculationUnavailable
    case .nesting: nil
    }
  }
}
