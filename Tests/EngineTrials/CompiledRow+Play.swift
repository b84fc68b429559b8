package import Answers
import Bytes
import DSemantics
package import IR
import Session
package import Support

/// What plays a row: one of the two engines with the row's program in it.
package protocol RowEngine: AggregationSource {
  /// Fires one probe of the program; `emit` is given each record.
  mutating func fire(_ probe: EnabledProbe.Index, _ moment: Moment, into emit: (RawSpan) -> Void) throws
}

/// An input with everything said that the row leaves to the table's rules.
package struct Moment {
  package var input: ConformanceInput

  /// - Parameter last: the timestamp of the firing before.
  package init(_ input: ConformanceInput, after last: UInt64) {
    self.input = input
    func fill(_ key: String, _ value: UInt64) {
      if self.input.numbers[key] == nil { self.input.numbers[key] = value }
    }
    fill("pid", 1000)
    fill("tid", self["pid"])
    fill("ppid", 1)
    fill("timestamp", last + 1)
    fill("walltimestamp", self["timestamp"])
    if self.input.texts["execname"] == nil { self.input.texts["execname"] = "test" }
  }

  subscript(key: String) -> UInt64 { input.numbers[key] ?? 0 }

  var execname: String { input.texts["execname"] ?? "" }
}

extension CompiledRow {
  /// Standard output, whole, as an engine with this program has it.
  package func play(in engine: inout some RowEngine) throws -> String {
    var options = PrintOptions(compiled.options, target: nil)
    options.quiet = true
    var printer = Printer(compiled.program, options: options)
    var time: UInt64 = 1_000_000_000 - 1

    func fire(_ probe: EnabledProbe.Index?, _ input: ConformanceInput) throws {
      let moment = Moment(input, after: time)
      time = moment["timestamp"]
      guard let probe else { return }
      var records: [[UInt8]] = []
      try engine.fire(probe, moment) { record in records.append(record.copy(0..<record.byteCount)) }
      for record in records { _ = printer.consume(RawSpan(_elements: record.span), aggregations: &engine) }
      for record in printer.conclude(lost: engine.concludedSpeculations, aggregations: &engine) {
        printer.replay(record, aggregations: &engine)
      }
    }
    try fire(probe(.begin), ConformanceInput(probe: "dtrace:::BEGIN"))
    for input in row.inputs where printer.exitStatus == nil { try fire(probe(of: input), input) }
    try fire(probe(.end), ConformanceInput(probe: "dtrace:::END"))
    printer.finish(aggregations: &engine)
    return String(decoding: printer.output, as: UTF8.self)
  }
}
