import Events
import Reports

/// What stands in one place of a sheet.
enum Cell {
  case text(String?)
  case number(UInt64?)
  /// Nanoseconds, written as seconds with nine digits of fraction.
  case seconds(Int64?)
  case list([String])
  case owner(Owner)
}

/// One thing that is said of each item, wherever it is written.
struct Column<Item> {
  /// Its name in JSON and CSV; nil where it is for people alone.
  let key: String?
  /// Its heading for people; nil where it is for programs alone.
  let title: String?
  let alignment: TextTable.Alignment
  let cell: (Item) -> Cell

  static func text(_ key: String?, _ title: String? = nil, _ value: @escaping (Item) -> String?) -> Self {
    Column(key: key, title: title, alignment: .left) { .text(value($0)) }
  }
  static func number(
    _ key: String?, _ title: String? = nil, _ value: @escaping (Item) -> (some BinaryInteger)?
  ) -> Self {
    Column(key: key, title: title, alignment: .right) { .number(value($0).map { UInt64($0) }) }
  }
  static func seconds(_ key: String?, _ title: String? = nil, _ value: @escaping (Item) -> Int64?) -> Self {
    Column(key: key, title: title, alignment: .right) { .seconds(value($0)) }
  }
  static func list(_ key: String?, _ title: String? = nil, _ value: @escaping (Item) -> [String]) -> Self {
    Column(key: key, title: title, alignment: .left) { .list(value($0)) }
  }
  /// In CSV it takes a field for each of `Owner.fieldNames`.
  static func owner(_ title: String? = nil, _ value: @escaping (Item) -> Owner) -> Self {
    Column(key: "owner", title: title, alignment: .left) { .owner(value($0)) }
  }
}

/// Items, a line each: as a table for people, as JSON and as CSV.
struct Sheet<Item> {
  let columns: [Column<Item>]
  let items: [Item]

  /// A heading, then the items; `last` is what stands in the line under them, by heading. Where `width` has no room for all, columns are left
  /// out in the order of `dispensable`.
  func text(last: [String: String], width: Int? = nil, dispensable: [String] = []) -> [String] {
    var shown = columns.filter { $0.title != nil }
    var lines = table(shown, last)
    for title in dispensable where lines.contains(where: { $0.count > width ?? .max }) {
      shown.removeAll { $0.title == title }
      lines = table(shown, last)
    }
    return lines
  }

  private func table(_ shown: [Column<Item>], _ last: [String: String]) -> [String] {
    var table = TextTable(shown.map { ($0.title!, $0.alignment) })
    for item in items { table.add(shown.map { $0.cell(item).text }) }
    table.add(shown.map { last[$0.title!] ?? "" })
    return table.lines
  }

  var json: [String] {
    items.map { item in
      var json = JSON()
      json.object { json in
        for column in columns {
          if let key = column.key { column.cell(item).write(to: &json, as: key) }
        }
      }
      return json.text
    }
  }

  /// RFC 4180: a line with the names, then the items.
  var csv: [String] {
    let told = columns.filter { $0.key != nil }
    let names = told.flatMap { $0.key == "owner" ? Owner.fieldNames : [$0.key!] }
    return [names.joined(separator: ",")]
      + items.map { item in told.flatMap { $0.cell(item).fields.map(quoted) }.joined(separator: ",") }
  }
}

extension Cell {
  /// For people: what is not known is a dash.
  fileprivate var text: String {
    switch self {
    case .text(let text): text ?? "-"
    case .number(let number): number.map { "\($0)" } ?? "-"
    case .seconds(let time): time.map(duration) ?? "-"
    case .list(let list): list.isEmpty ? "-" : list.joined(separator: " ")
    case .owner(let owner): owner.line
    }
  }

  fileprivate func write(to json: inout JSON, as key: String) {
    switch self {
    case .text(let text): json.string(key, text)
    case .number(let number): json.number(key, number)
    case .seconds(let time?): json.seconds(key, nanoseconds: time)
    case .seconds(nil): json.string(key, nil)
    case .list(let list): json.array(key) { json in for text in list { json.string(nil, text) } }
    case .owner(let owner): owner.write(to: &json, as: key)
    }
  }

  /// What is not known is empty.
  fileprivate var fields: [String] {
    switch self {
    case .text(let text): [text ?? ""]
    case .number(let number): [number.map { "\($0)" } ?? ""]
    case .seconds(let time): [time.map(decimalSeconds) ?? ""]
    case .list(let list): [list.joined(separator: " ")]
    case .owner(let owner): owner.fields
    }
  }
}

/// RFC 4180 §2: a field with a comma, a quotation mark or a line's end stands in quotation marks.
private func quoted(_ field: String) -> String {
  let needsMarks = field.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
  guard needsMarks else { return field }
  return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

/// Nanoseconds in the unit that makes them short: `870us`, `12.3ms`, `4.25s`, `3m07s`, `2h05m`.
private func duration(_ nanoseconds: Int64) -> String {
  func digits(_ value: UInt64, _ unit: UInt64, _ name: String) -> String {
    let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
    if whole >= 100 { return "\(whole)\(name)" }
    let part = rest / (unit / (whole >= 10 ? 10 : 100))
    return "\(whole)." + (whole < 10 && part < 10 ? "0" : "") + "\(part)\(name)"
  }
  let sign = nanoseconds < 0 ? "-" : ""
  let value = nanoseconds.magnitude
  let seconds = value / 1_000_000_000
  func two(_ number: UInt64) -> String { (number < 10 ? "0" : "") + "\(number)" }
  switch value {
  case ..<1000: return sign + "\(value)ns"
  case ..<1_000_000: return sign + digits(value, 1000, "us")
  case ..<1_000_000_000: return sign + digits(value, 1_000_000, "ms")
  case ..<60_000_000_000: return sign + digits(value, 1_000_000_000, "s")
  case ..<3_600_000_000_000: return sign + "\(seconds / 60)m\(two(seconds % 60))s"
  default: return sign + "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
  }
}
