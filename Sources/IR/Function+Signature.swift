extension Function {
  /// What a call takes and gives.
  package struct Signature: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case integer, text, bytes }
    /// The kinds that the destination may have.
    package var results: [Kind]
    package var parameters: [Kind]
    /// How many of the last parameters may be left out.
    package var optional: Int
  }

  /// `strchr`, `strrchr` and `strstr` give the rest of the text from the match into a text register, or the match's
  /// offset (-1 when there is none) into an integer register; the others give one kind only.
  package var signature: Signature {
    switch self {
    case .strlen: Signature(results: [.integer], parameters: [.text], optional: 0)
    case .strjoin: Signature(results: [.text], parameters: [.text, .text], optional: 0)
    case .substr: Signature(results: [.text], parameters: [.text, .integer, .integer], optional: 1)
    case .strchr, .strrchr: Signature(results: [.text, .integer], parameters: [.text, .integer], optional: 0)
    case .strstr: Signature(results: [.text, .integer], parameters: [.text, .text], optional: 0)
    case .json: Signature(results: [.text], parameters: [.text, .text], optional: 0)
    case .index, .rindex: Signature(results: [.integer], parameters: [.text, .text, .integer], optional: 1)
    case .span, .spanNot: Signature(results: [.integer], parameters: [.text, .text], optional: 0)
    case .linkNtop:
      Signature(results: [.text], parameters: [.integer, .integer, .integer, .integer], optional: 0)
    case .basename, .dirname, .cleanpath, .tolower, .toupper:
      Signature(results: [.text], parameters: [.text], optional: 0)
    case .lltostr: Signature(results: [.text], parameters: [.integer, .integer], optional: 1)
    case .inetNtoa, .path: Signature(results: [.text], parameters: [.integer], optional: 0)
    case .inetNtoa6: Signature(results: [.text], parameters: [.integer, .integer, .integer], optional: 1)
    case .htons, .htonl, .htonll: Signature(results: [.integer], parameters: [.integer], optional: 0)
    case .rand: Signature(results: [.integer], parameters: [], optional: 0)
    case .strtoll: Signature(results: [.integer], parameters: [.text, .integer], optional: 1)
    case .executable: Signature(results: [.text], parameters: [], optional: 0)
    case .remember: Signature(results: [.integer], parameters: [.text, .integer], optional: 0)
    case .recall: Signature(results: [.integer], parameters: [.text, .integer, .integer], optional: 0)
    }
  }

  /// Whether only rules have it (`culprit watch`).
  package var isOfRules: Bool {
    switch self {
    case .executable, .remember, .recall: true
    default: false
    }
  }
}

extension Operand {
  package var kind: Function.Signature.Kind {
    switch self {
    case .integer: .integer
    case .text: .text
    }
  }
}

extension Storage {
  package var kind: Function.Signature.Kind {
    switch self {
    case .integer: .integer
    case .text: .text
    case .bytes: .bytes
    }
  }
}
