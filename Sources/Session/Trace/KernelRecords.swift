import Answers
import BPFCode
import Bytes
import Events
import IR
import Time

/// Records out of the kernel on their way to the printer, in the order of their firings' times: the CPUs' come mixed, and a firing that
/// began before another may end after it. So what is younger than `patience` waits for the next pass.
struct KernelRecords {
  /// Nanoseconds that a firing may take from its timestamp to its record's arrival without being printed late.
  static let patience: Int64 = 2_000_000
  /// What a pass takes at most: however fast they come, somebody looks between two passes whether the run is to end.
  private static let most = 1 << 14

  /// A record that waits: when it fired, and where its bytes are.
  private struct Entry {
    var time: UInt64
    /// What came first stays first at the same time: the clauses of one firing.
    var start: Int
    var count: Int
  }

  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  /// Speculations that were asked to end when `time` was, whose last records may be held.
  private var concluding: (time: UInt64, speculations: [(ticket: UInt64, commits: Bool)])?
  /// What was reported, for each CPU.
  private var reported: [[UInt64]] = []
  private var reportedElements: [AssociativeArray.ID: UInt64] = [:]
  private var reportedMisses: UInt64 = 0
  private var reportedTicks: UInt64 = 0

  /// Whether records wait for their time.
  var areHeld: Bool { !entries.isEmpty || concluding != nil }

  /// Takes what waits, prints what is old enough, or all that there is, and reports what was dropped.
  mutating func pass(from loaded: inout LoadedProgram, to output: inout TraceOutput, isLast: Bool) {
    // Of before this moment everything is in the ring, or a firing has taken longer than we wait.
    let now = Clock.monotonic.now
    var limit = isLast ? .max : UInt64(bitPattern: max(0, now &- Self.patience))
    var aggregations = loaded.aggregations
    // What was asked for by now has its record in what is drained, or none at all.
    if isLast || concluding == nil {
      concluding = (UInt64(bitPattern: now), aggregations.concludedSpeculations)
    }
    // Once nothing fires any more, what waits is no more than the ring holds.
    if let reached = collect(from: &loaded, atMost: isLast ? .max : Self.most) {
      limit = min(limit, reached &- min(reached, UInt64(Self.patience)))
    }
    print(upTo: limit, &aggregations, to: &output)
    if let ending = concluding, ending.speculations.isEmpty || ending.time <= limit {
      if !ending.speculations.isEmpty { output.conclude(ending.speculations, &aggregations) }
      concluding = nil
    }
    reportDrops(loaded, output)
    if isLast { reportMisses(loaded, output) }
    if isLast { reportSkippedTicks(loaded, output) }
    output.write()
  }

  /// Answers up to when it has read, if more may wait.
  private mutating func collect(from loaded: inout LoadedProgram, atMost most: Int) -> UInt64? {
    var (entries, bytes) = (entries, bytes)
    (self.entries, self.bytes) = ([], [])
    let count = loaded.drain(atMost: most) { record in
      guard record.byteCount >= RecordLayout.headerSize else { return }
      entries.append(Entry(time: record.littleEndian(UInt64.self, at: 8), start: bytes.count, count: record.byteCount))
      bytes.append(record)
    }
    (self.entries, self.bytes) = (entries, bytes)
    return count == most ? entries.last?.time : nil
  }

  private mutating func print(
    upTo limit: UInt64, _ aggregations: inout KernelAggregations, to output: inout TraceOutput
  ) {
    guard !entries.isEmpty else { return }
    entries.sort { ($0.time, $0.start) < ($1.time, $1.start) }
    let (sorted, bytes) = (entries, bytes)
    let all = RawSpan(_elements: bytes.span)
    let due = sorted.firstIndex { $0.time > limit } ?? sorted.count
    for entry in sorted[..<due] {
      output.take(all.extracting(entry.start..<entry.start + entry.count), &aggregations)
    }
    // What is left moves to the front.
    entries.removeAll(keepingCapacity: true)
    self.bytes.removeAll(keepingCapacity: due == sorted.count)
    for entry in sorted[due...] {
      entries.append(Entry(time: entry.time, start: self.bytes.count, count: entry.count))
      self.bytes.append(all.extracting(entry.start..<entry.start + entry.count))
    }
  }

  /// Drops since the last report; those that a CPU made, by the CPU.
  private mutating func reportDrops(_ loaded: borrowing LoadedProgram, _ output: TraceOutput) {
    let now = loaded.dropsPerCPU
    if reported.count != now.count { reported = now.map { $0.map { _ in 0 } } }
    for kind in EmittedObject.Drop.allCases where kind != .tick {
      var all: UInt64 = 0
      for cpu in now.indices where now[cpu][kind.rawValue] > reported[cpu][kind.rawValue] {
        let count = now[cpu][kind.rawValue] - reported[cpu][kind.rawValue]
        all += count
        if let drop = kind.drop, drop.isOfCPU { output.say(drop, count, cpu: UInt32(cpu)) }
      }
      if all > 0 {
        if kind == .dynamic {
          let elements = loaded.droppedElements
          output.say(dynamic: all, elements: elements.merging(reportedElements) { $0 &- $1 })
          reportedElements = elements
        } else if let drop = kind.drop {
          if !drop.isOfCPU { output.say(drop, all) }
        } else {
          output.say("\(all) firings were dropped because they interrupted four others on their CPU")
        }
      }
    }
    reported = now
  }
}

extension KernelRecords {
  /// Firings of clocks that the kernel skipped. It is told at the end: a machine that is busy elsewhere skips some all the time.
  private mutating func reportSkippedTicks(_ loaded: borrowing LoadedProgram, _ output: TraceOutput) {
    let all = loaded.drops[EmittedObject.Drop.tick.rawValue]
    defer { reportedTicks = all }
    guard all > reportedTicks else { return }
    // dtrace has no such line, and who compares what it prints wants none.
    guard output.name != "dtrace" else { return }
    let count = all - reportedTicks
    output.say("\(count) \(count == 1 ? "tick was" : "ticks were") skipped: the kernel was late by more than a period")
  }

  /// Firings that the kernel left out because the same program was running on that CPU already, since the last report.
  private mutating func reportMisses(_ loaded: borrowing LoadedProgram, _ output: TraceOutput) {
    let all = loaded.recursionMisses
    defer { reportedMisses = all }
    guard all > reportedMisses else { return }
    let count = all - reportedMisses
    output.say(
      "\(count) \(count == 1 ? "firing was" : "firings were") dropped because one of the same hook was under way on the CPU"
    )
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
    case .nesting, .tick: nil
    }
  }
}
