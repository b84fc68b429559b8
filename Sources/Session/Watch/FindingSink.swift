import Answers
import Bytes
import DSemantics
import Events
import IR

/// Takes a rule's records: of what they print only the sentences of finding() are kept.
struct FindingSink: RecordSink {
  private var printer: Printer
  /// Sentences since the last `take()`; bounded by what one firing can say.
  private var sentences: [String] = []
  /// Clauses that were ended by a fault.
  private(set) var faults: UInt64 = 0

  init(_ compiled: Compiled, names: any AddressNaming) {
    printer = Printer(compiled.program, options: PrintOptions(compiled.options, target: nil), names: names)
  }

  mutating func take(_ record: RawSpan, _ aggregations: inout some AggregationSource) {
    if case .fault = printer.consume(record, aggregations: &aggregations) { faults &+= 1 }
    guard !printer.effects.isEmpty || !printer.output.isEmpty else { return }
    var found: [String] = []
    printer.drain { _ in
    } perform: { effect in
      if case .finding(let sentence) = effect.what { found.append(Events.printable(sentence)) }
    }
    sentences += found
  }

  mutating func conclude(
    _ speculations: [(ticket: UInt64, commits: Bool)], _ aggregations: inout some AggregationSource
  ) {
    for record in printer.conclude(lost: speculations, aggregations: &aggregations) {
      printer.replay(record, aggregations: &aggregations)
    }
  }

  var isEmpty: Bool { sentences.isEmpty }

  mutating func takeSentences() -> [String] {
    defer { sentences.removeAll(keepingCapacity: true) }
    return sentences
  }
}
