import Answers
import BPFCode
import Bytes
import IR

/// Records out of the kernel on their way to the printer: kept until the batch is whole and put in the order of time, since the
/// CPUs' come mixed.
struct KernelRecords {
  private var batch: [(time: UInt64, bytes: [UInt8])] = []
  private var reported = [UInt64](repeating: 0, count: EmittedObject.Drop.allCases.count)

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

  /// Drops since the last report.
  private mutating func reportDrops(_ loaded: borrowing LoadedProgram, _ output: TraceOutput) {
    let now = loaded.drops
    for kind in EmittedObject.Drop.allCases where now[kind.rawValue] > reported[kind.rawValue] {
      let count = now[kind.rawValue] - reported[kind.rawValue]
      switch kind {
      case .principal: output.say(Drop.principal.text(count, cpu: 0))
      case .aggregation: output.say(Drop.aggregation.text(count, cpu: 0))
      case .dynamic: output.say(Drop.dynamic.text(count))
      case .speculation: output.say(Drop.speculation.text(count))
      case .speculationBusy: output.say(Drop.speculationBusy.text(count))
      case .speculationUnavailable: output.say(Drop.speculationUnavailable.text(count))
      case .nesting: output.say("\(count) firings were dropped because they interrupted four others on their CPU")
      }
    }
    reported = now
  }
}
