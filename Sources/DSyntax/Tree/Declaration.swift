package import Source

/// `int x, *y;`, `self string s;`, `typedef …;`, `struct s { … };`
package struct Declaration: Sendable {
  package enum StorageClass: Sendable { case global, extern, `static`, auto, register, `typedef`, selfLocal, thisLocal }
  package var storage: StorageClass
  package var specifiers: TypeSpecifiers
  package var declarators: [Declarator]
  package var range: SourceRange
  package init(
    storage: StorageClass, specifiers: TypeSpecifiers, declarators: [Declarator], range: SourceRange
  ) {
    self.storage = storage
    self.specifiers = specifiers
    self.declarators = declarators
    self.range = range
  }
}

/// What stands before the declarators: a base type and qualifiers.
package struct TypeSpecifiers: Sendable {
  package indirect enum Base: Sendable {
    /// Words in any order: `unsigned long long int`, `void`, `string`, `_Bool`, `float` …; sorted out by the checks.
    case words([String])
    /// A typedef's or kernel type's name, which may carry a module: ``vmlinux`u32``.
    case named(String)
    case record(RecordKind, tag: String?, members: [Member]?)
    case enumeration(tag: String?, members: [Enumerator]?)
  }
  package enum RecordKind: Sendable { case structure, union }
  package struct Member: Sendable {
    package var specifiers: TypeSpecifiers
    package var declarators: [Declarator]
    package var range: SourceRange
    package init(specifiers: TypeSpecifiers, declarators: [Declarator], range: SourceRange) {
      self.specifiers = specifiers
      self.declarators = declarators
      self.range = range
    }
  }
  package struct Enumerator: Sendable {
    package var name: String
    package var value: Expression?
    package var range: SourceRange
    package init(name: String, value: Expression?, range: SourceRange) {
      self.name = name
      self.value = value
      self.range = range
    }
  }
  package var base: Base
  package var isConst = false
  package var isVolatile = false
  package var isRestrict = false
  /// D's `userland` attribute: addresses of this type are the process's.
  package var isUserland = false
  package var range: SourceRange
  package init(base: Base, range: SourceRange) {
    self.base = base
    self.range = range
  }
}

/// A name with what stands around it: `*(*f)(int)[3]` inside out.
package struct Declarator: Sendable {
  package enum Layer: Sendable {
    case pointer(const: Bool)
    /// `[n]`, or `[]` when nil.
    case array(Expression?)
    /// `[int, string]`: an associative array's key types (or an inline's parameters).
    case tuple([Declarator])
    case function([Declarator])
  }
  /// Set for a parameter or any declarator that carries its own specifiers.
  package var specifiers: TypeSpecifiers?
  package var name: String?
  /// From the name outward: `*x[3]` is `[.array(3), .pointer]`.
  package var layers: [Layer]
  /// `int x : 3`.
  package var bitWidth: Expression?
  /// The `...` that ends a function's parameters.
  package var isEllipsis = false
  package var range: SourceRange
  package init(
    specifiers: TypeSpecifiers? = nil, name: String?, layers: [Layer] = [], bitWidth: Expression? = nil,
    range: SourceRange
  ) {
    self.specifiers = specifiers
    self.name = name
    self.layers = layers
    self.bitWidth = bitWidth
    self.range = range
  }
}

/// A type as it stands in a cast, `sizeof` or `offsetof`.
package struct TypeName: Sendable {
  package var specifiers: TypeSpecifiers
  /// A declarator without a name.
  package var declarator: Declarator
  package var range: SourceRange
  package init(specifiers: TypeSpecifiers, declarator: Declarator, range: SourceRange) {
    self.specifiers = specifiers
    self.declarator = declarator
    self.range = range
  }
}
