/// A C type as print() shows its values: what each part is called, and where it lies.
package struct PrintedType: Sendable, Hashable {
  package indirect enum Kind: Sendable, Hashable {
    case integer(signed: Bool)
    /// A `char`: shown as one.
    case character
    case pointer
    /// Shown by name where the value has one.
    case enumeration([Int64: String])
    case array(PrintedType, count: Int)
    case record([Member])
    /// Not shown.
    case other
  }

  package struct Member: Sendable, Hashable {
    /// Empty for a structure or union without a name.
    package var name: String
    package var type: PrintedType
    package var bitOffset: Int
    /// Of a bit-field.
    package var bitWidth: Int?
    package init(name: String, type: PrintedType, bitOffset: Int, bitWidth: Int? = nil) {
      self.name = name
      self.type = type
      self.bitOffset = bitOffset
      self.bitWidth = bitWidth
    }
  }

  /// As C writes it: `struct sk_buff`, `unsigned char *`, `char [5]`; `struct` alone for one without a name.
  package var name: String
  /// As illumos writes it, where that is otherwise: by a typedef's name.
  package var alias: String?
  /// Bytes.
  package var size: Int
  package var kind: Kind
  package init(name: String, alias: String? = nil, size: Int, kind: Kind) {
    self.name = name
    self.alias = alias == name ? nil : alias
    self.size = size
    self.kind = kind
  }

  /// Structures and arrays within one another are shown down to here.
  package static let deepest = 10
}
