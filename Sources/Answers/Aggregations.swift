import Bytes
import Events
import IR

/// What the host keeps of the program's aggregations: their normals, and which have been printed.
struct Aggregations {
  let all: [Aggregation]
  let keys: [[Slot]]
  private let keySizes: [Int]
  private var normals: [Int64]
  private var printed: [Bool]

  init(_ program: Program) {
    all = program.aggregations
    keys = all.map { Slot.key(of: $0) }
    keySizes = all.map { KeyLayout($0).size }
    normals = [Int64](repeating: 1, count: all.count)
    printed = [Bool](repeating: false, count: all.count)
  }

  mutating func normalize(_ id: Aggregation.ID, by divisor: Int64) {
    if all.indices.contains(id) { normals[id] = divisor }
  }

  /// An entry to be printed.
  private struct Entry {
    var key: [UInt8]
    var value: AggregateValue
    var weight: Weight
    /// Each CPU's part of the value, where they are asked for.
    var parts: [AggregateValue]
    /// The keys as the engine has them.
    var keys: [[UInt8]]
  }

  /// The entries that are whole, with their weights. Keys whose addresses have the same name are one.
  private func entries(
    of id: Aggregation.ID, from source: inout some AggregationSource, _ renderer: inout Renderer
  ) -> [Entry] {
    let whole = source.entries(of: id).filter { $0.key.count >= keySizes[id] }
    // Values are compared before they are normalized.
    func entry(_ key: [UInt8], _ words: [UInt64], _ parts: [[UInt64]], _ keys: [[UInt8]]) -> Entry {
      Entry(
        key: key, value: AggregateValue(all[id].function, words, normal: normals[id]),
        weight: Weight(AggregateValue(all[id].function, words)),
        parts: parts.map { AggregateValue(all[id].function, $0, normal: normals[id]) }, keys: keys)
    }
    let named = keys[id].filter(\.isNamed)
    if named.isEmpty { return whole.map { entry($0.key, $0.value, $0.perCPU, [$0.key]) } }
    var places: [[UInt8]: Int] = [:]
    var merged: [(key: [UInt8], words: [UInt64], keys: [[UInt8]])] = []
    for one in whole {
      let key = renderer.named(one.key, named)
      if let place = places[key] {
        all[id].function.merge(one.value, into: &merged[place].words)
        merged[place].keys.append(one.key)
      } else {
        places[key] = merged.count
        merged.append((key, one.value, [one.key]))
      }
    }
    return merged.map { entry($0.key, $0.words, [], $0.keys) }
  }

  /// One aggregation's entries in the order that the options ask for.
  private func sorted(
    _ id: Aggregation.ID, from source: inout some AggregationSource, _ renderer: inout Renderer
  ) -> [Entry] {
    let options = renderer.options
    let order = KeyOrder(keys[id], position: options.sortKeyPosition, symbols: renderer.symbols)
    return entries(of: id, from: &source, &renderer).sorted { a, b in
      let (first, second) = options.sortReversed ? (b, a) : (a, b)
      if !options.sortByKey, first.weight != second.weight { return first.weight < second.weight }
      return order.compare(first.key, second.key) < 0
    }
  }

  /// A line of output: a key, and of each aggregation that is printed together its value.
  private struct Row {
    var key: [UInt8]
    var columns: [Column]
  }

  private struct Column {
    var value: AggregateValue
    /// Each CPU's part, as in `Entry`; none where the aggregation does not have the key.
    var parts: [AggregateValue] = []
  }

  /// printa() of one or of several; without a format in the default way, a newline first.
  mutating func print(
    _ ids: [Aggregation.ID], format: Format?, from source: inout some AggregationSource, _ renderer: inout Renderer,
    into output: inout [UInt8]
  ) {
    if format == nil { output.append(UInt8(ascii: "\n")) }
    let joint = ids.count == 1 ? nil : JoinedKeys(ids.map { keys[$0] }, symbols: renderer.symbols)
    let rows =
      if let joint { joined(ids, joint, from: &source, &renderer) } else { single(ids[0], from: &source, &renderer) }
    // Only what has entries counts as printed.
    if !rows.isEmpty { for id in ids { printed[id] = true } }
    guard let format else {
      return put(rows, joint?.slots ?? keys[ids[0]], of: ids, &renderer, into: &output)
    }
    for row in rows {
      renderer.put(format, RawSpan(_elements: row.key.span), values: row.columns.map(\.value), into: &output)
    }
  }

  /// At the end of the run: every aggregation that no printa() has printed, in the order of the program's text.
  func printRest(from source: inout some AggregationSource, _ renderer: inout Renderer, into output: inout [UInt8]) {
    let ids = renderer.options.sortReversed ? Array(all.indices.reversed()) : Array(all.indices)
    for id in ids where !printed[id] {
      put(single(id, from: &source, &renderer), keys[id], of: [id], &renderer, into: &output)
    }
  }

  /// Rows in the default way: a table of what prints as numbers or as whole pictures, then one after the other the
  /// aggregations that have a picture on each key's line.
  private func put(
    _ rows: [Row], _ slots: [Slot], of ids: [Aggregation.ID], _ renderer: inout Renderer, into output: inout [UInt8]
  ) {
    if rows.isEmpty { return }
    let pictures = ids.indices.map { column in
      rows.allSatisfy({ $0.columns[column].parts.isEmpty })
        ? Pictures(rows.map { $0.columns[column].value }, of: all[ids[column]].function, renderer.options) : nil
    }
    let plain = ids.indices.filter { pictures[$0] == nil }
    if !plain.isEmpty { for row in rows { put(row, slots, plain, &renderer, into: &output) } }
    for (column, pictures) in pictures.enumerated() {
      guard let pictures else { continue }
      pictures.putHeader(keyWidth: slots.reduce(0) { $0 + $1.narrowWidth }, into: &output)
      for row in rows {
        let bytes = RawSpan(_elements: row.key.span)
        for slot in slots { renderer.putNarrowKey(slot, bytes, into: &output) }
        pictures.put(row.columns[column].value, into: &output)
      }
    }
  }

  /// A line of the table, with those columns; each CPU's parts stand behind their value.
  private func put(
    _ row: Row, _ slots: [Slot], _ columns: [Int], _ renderer: inout Renderer, into output: inout [UInt8]
  ) {
    let bytes = RawSpan(_elements: row.key.span)
    for slot in slots { renderer.putKey(slot, bytes, into: &output) }
    for column in columns {
      renderer.put(row.columns[column].value, into: &output)
      for (cpu, value) in row.columns[column].parts.enumerated() {
        output.put("\n    [CPU \(cpu)]")
        renderer.put(value, into: &output)
      }
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func single(
    _ id: Aggregation.ID, from source: inout some AggregationSource, _ renderer: inout Renderer
  ) -> [Row] {
    sorted(id, from: &source, &renderer).map { Row(key: $0.key, columns: [Column(value: $0.value, parts: $0.parts)]) }
  }

  /// Several aggregations, one row for each key that any of them has.
  private func joined(
    _ ids: [Aggregation.ID], _ joint: JoinedKeys, from source: inout some AggregationSource,
    _ renderer: inout Renderer
  ) -> [Row] {
    let options = renderer.options
    let missing = ids.map { Column(value: AggregateValue(missing: all[$0].function)) }
    let empty = missing.map { Weight($0.value) }
    var rows: [[UInt8]: (columns: [Column], weights: [Weight])] = [:]
    for (column, id) in ids.enumerated() {
      for entry in entries(of: id, from: &source, &renderer) {
        let key = joint.key(entry.key, of: column)
        rows[key, default: (missing, empty)].columns[column] = Column(value: entry.value, parts: entry.parts)
        rows[key, default: (missing, empty)].weights[column] = entry.weight
      }
    }
    let order = KeyOrder(joint.slots, position: options.sortKeyPosition, symbols: renderer.symbols)
    let start = ids.indices.contains(options.sortPosition) ? options.sortPosition : 0
    return rows.sorted { a, b in
      let (first, second) = options.sortReversed ? (b, a) : (a, b)
      if options.sortByKey { return order.compare(first.key, second.key) < 0 }
      for column in ids.indices {
        let column = (column + start) % ids.count
        let (left, right) = (first.value.weights[column], second.value.weights[column])
        if left != right { return left < right }
      }
      return order.compare(first.key, second.key) < 0
    }
    .map { Row(key: $0.key, columns: $0.value.columns) }
  }

  /// trunc(): keeps the `count` greatest values, or with a negative count the least; 0 keeps none.
  func truncate(
    _ id: Aggregation.ID, to count: Int64, in source: inout some AggregationSource, _ renderer: inout Renderer
  ) {
    guard all.indices.contains(id) else { return }
    let order = KeyOrder(keys[id], position: 0, symbols: renderer.symbols)
    let sorted = entries(of: id, from: &source, &renderer).sorted { a, b in
      let (first, second) = count < 0 ? (a, b) : (b, a)
      if first.weight != second.weight { return first.weight < second.weight }
      return order.compare(first.key, second.key) < 0
    }
    let kept = Int(clamping: count.magnitude)
    if kept >= sorted.count { return }
    source.remove(sorted[kept...].flatMap(\.keys), from: id)
  }
}

extension Slot {
  /// Whether it prints as a name that many addresses may have.
  fileprivate var isNamed: Bool {
    switch kind {
    case .address(.function), .address(.module), .address(.userFunction), .address(.userModule): true
    default: false
    }
  }
}

extension Renderer {
  /// The key with each of its addresses replaced by where the symbol begins, or by the first address of the module.
  mutating func named(_ key: [UInt8], _ slots: [Slot]) -> [UInt8] {
    var key = key
    for slot in slots {
      guard case .address(let kind) = slot.kind else { continue }
      let at = slot.offset + slot.size - 8
      let address = key.littleEndian(at: at)
      let pid = kind.isUser ? UInt32(truncatingIfNeeded: key.littleEndian(at: slot.offset)) : 0
      let name = kind.isUser ? (pid == 0 ? nil : names.userName(of: address, in: pid)) : names.kernelName(of: address)
      guard let name else { continue }
      var begin = name.symbol == nil ? address : address &- name.offset
      if kind == .module || kind == .userModule {
        let module = Module(pid: pid, object: name.object)
        begin = modules[module] ?? address
        modules[module] = begin
      }
      for index in 0..<8 { key[at + index] = UInt8(truncatingIfNeeded: begin >> (8 * UInt64(index))) }
    }
    return key
  }

  /// A part of a key in the default format. Numbers of one and two bytes show without their sign, as dtrace prints them.
  mutating func putKey(_ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    switch slot.kind {
    case .text:
      let range = bytes.text(slot)
      putKey(length: range.count, into: &output) { $0.put(bytes, range) }
    case .symbol:
      let name = symbol(slot, bytes)
      putKey(length: name.count, into: &output) { $0.append(contentsOf: name) }
    case .address(let kind): putSymbol(kind, slot, bytes, into: &output)
    case .kernelStack, .userStack: putStack(slot, bytes, into: &output)
    default:
      let value = slot.size >= 4 ? bytes.signed(slot) : Int64(bytes.bits(slot))
      output.append(UInt8(ascii: " "))
      output.put(decimal: value, width: slot.integerWidth)
    }
  }

  private func putKey(length: Int, into output: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
    output.put(blanks: 2)
    body(&output)
    output.put(blanks: 50 - length)
  }
}

extension [UInt8] {
  fileprivate func littleEndian(at offset: Int) -> UInt64 {
    RawSpan(_elements: span).littleEndian(UInt64.self, at: offset)
  }
}
