/// A node of the parse tree as `-x tree` shows it, in libdtrace's form (`dt_node_printr`): a line, and below it other nodes and marks.
struct ParseNode {
  /// What stands in parentheses behind a node's name.
  struct Details {
    /// Nil where nothing is known of it yet.
    var type: String?
    var attributes = Attributes.common
    var flags: ParseFlags = []

    var text: String {
      "(type=<\(type ?? "-1")> attr=\(attributes.letters) flags=\(flags.words))"
    }
  }

  enum Part {
    /// One level deeper.
    case node(ParseNode)
    /// On the node's own level: `,`, `[`, `ACTION`.
    case mark(String)
  }

  var head: String
  var parts: [Part]

  init(_ head: String, _ details: Details? = nil, _ parts: [Part] = []) {
    self.head = details.map { head + " " + $0.text } ?? head
    self.parts = parts
  }

  /// The lines, each with its newline; two blanks a level.
  func lines(depth: Int) -> String {
    let indent = String(repeating: "  ", count: depth)
    var text = indent + head + "\n"
    for part in parts {
      switch part {
      case .node(let node): text += node.lines(depth: depth + 1)
      case .mark(let mark): text += indent + mark + "\n"
      }
    }
    return text
  }
}

/// What is known of a node beside its type.
struct ParseFlags: OptionSet {
  let rawValue: Int
  static let signed = ParseFlags(rawValue: 1)
  static let cooked = ParseFlags(rawValue: 2)
  static let reference = ParseFlags(rawValue: 4)
  static let lvalue = ParseFlags(rawValue: 8)
  static let writable = ParseFlags(rawValue: 16)
  static let bitField = ParseFlags(rawValue: 32)
  static let userland = ParseFlags(rawValue: 64)
  static let alloca = ParseFlags(rawValue: 128)
  static let dataPointer = ParseFlags(rawValue: 512)

  private static let names: [(ParseFlags, String)] = [
    (.signed, "SIGN"), (.cooked, "COOK"), (.reference, "REF"), (.lvalue, "LVAL"), (.writable, "WRITE"),
    (.bitField, "BITF"), (.userland, "USER"), (.alloca, "ALLOCA"), (.dataPointer, "DPTR"),
  ]

  var words: String {
    isEmpty ? "0" : Self.names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
  }
}

extension Attributes {
  /// `[s/s/c]`
  var letters: String {
    func letter(_ letters: String, _ place: Int) -> Character { Array(letters)[place] }
    return "[\(letter("ipoxuesS", name.rawValue))/\(letter("ipoxuesS", data.rawValue))/"
      + "\(letter("uCpgIc", dependency.rawValue))]"
  }
}
