import Answers
import Bytes
import Events
import IR

/// A value of a record, as an engine would write it.
enum Datum {
  case number(Int64)
  case text(String)
  case bytes([UInt8])
  case stack([UInt64])
}

/// A program of one or more clauses and the records that its engine would send.
struct Script {
  var program = Program()

  /// A probe; gives its index.
  @discardableResult
  mutating func probe(
    _ provider: String = "dtrace", _ module: String = "", _ function: String = "", _ name: String = "BEGIN",
    id: UInt32 = 1
  ) -> Int {
    let start = program.symbols.count
    program.symbols += [provider, module, function, name]
    program.probes.append(EnabledProbe(id: id, parts: [start, start + 1, start + 2, start + 3], hook: .begin))
    return program.probes.count - 1
  }

  /// A clause with these actions; gives its index.
  @discardableResult
  mutating func clause(_ items: [RecordLayout.Item]) -> Int {
    program.clauses.append(
      Clause(
        number: program.clauses.count, probes: Array(program.probes.indices), blocks: [Block()],
        record: RecordLayout(items)))
    return program.clauses.count - 1
  }

  /// The record of a clause; an item that is nil did not happen.
  func record(of clause: Int = 0, probe: Int = 0, cpu: UInt32 = 0, _ items: [[Datum]?]) -> [UInt8] {
    let layout = program.clauses[clause].record
    var bytes = [UInt8](repeating: 0, count: layout.size)
    func put(_ value: UInt64, size: Int, at offset: Int) {
      for index in 0..<size { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    put(UInt64(clause), size: 4, at: 4)
    put(UInt64(cpu), size: 4, at: 16)
    put(UInt64(probe), size: 4, at: 20)
    for (index, data) in items.enumerated() {
      guard let data else { continue }
      bytes[RecordLayout.headerSize + index / 8] |= 1 << UInt8(index % 8)
      for (field, datum) in zip(layout.items[index].fields, data) {
        switch datum {
        case .number(let number): put(UInt64(bitPattern: number), size: min(8, field.size), at: field.offset)
        case .text(let text): bytes.replaceSubrange(field.offset..<field.offset + text.utf8.count, with: text.utf8)
        case .bytes(let raw): bytes.replaceSubrange(field.offset..<field.offset + raw.count, with: raw)
        case .stack(let frames):
          for (frame, address) in frames.enumerated() { put(address, size: 8, at: field.offset + 8 * frame) }
        }
      }
    }
    return bytes
  }
}

extension RecordLayout.Field {
  static let int32 = Self(.value(.integer(.word, signed: true)))
  static let int64 = Self(.value(.integer(.double, signed: true)))
  static let text = Self(.value(.text(64)))
  static func integer(_ width: Width, signed: Bool) -> Self { Self(.value(.integer(width, signed: signed))) }
}

extension Printer {
  @discardableResult
  mutating func consume(_ record: [UInt8], _ source: inout HeldAggregations) -> Consumed {
    consume(RawSpan(_elements: record.span), aggregations: &source)
  }

  @discardableResult
  mutating func consume(_ record: [UInt8]) -> Consumed {
    var none = HeldAggregations()
    return consume(record, &none)
  }

  var text: String { String(decoding: output, as: UTF8.self) }
}

/// What one clause with one action prints, quietly unless told otherwise.
func printed(
  _ action: Action, _ fields: [RecordLayout.Field] = [], _ data: [Datum] = [],
  options: PrintOptions = PrintOptions(quiet: true), names: any AddressNaming = Nameless()
) -> String {
  var script = Script()
  script.probe()
  script.clause([RecordLayout.Item(action, fields: fields)])
  var printer = Printer(script.program, options: options, names: names)
  printer.consume(script.record([data]))
  return printer.text
}
