/// A piece of D text with pieces in it, as a tree, so that a program that shows a difference can be made smaller and stays a
/// program.
package struct Piece: Sendable {
  package enum Kind: Sendable { case integer, text, statement }
  package var kind: Kind
  /// The text around the children: one more than there are children.
  package var words: [String]
  package var children: [Piece]

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    words = [text]
    children = []
  }

  package init(_ kind: Kind, words: [String], children: [Piece]) {
    self.kind = kind
    self.words = words
    self.children = children
  }

  package var text: String {
    var out = words[0]
    for (index, child) in children.enumerated() { out += child.text + words[index + 1] }
    return out
  }

  /// The least piece of an expression's kind.
  var least: Piece? {
    switch kind {
    case .integer: text == "1" ? nil : Piece(.integer, "1")
    case .text: text == "\"\"" ? nil : Piece(.text, "\"\"")
    case .statement: text.isEmpty ? nil : Piece(.statement, "")
    }
  }

  /// Everything that is one step smaller than this, the greatest steps first.
  var smaller: [Piece] {
    var found: [Piece] = []
    if let least { found.append(least) }
    found += children.filter { $0.kind == kind }
    for index in children.indices {
      for child in children[index].smaller {
        var copy = self
        copy.children[index] = child
        found.append(copy)
      }
    }
    return found
  }
}
