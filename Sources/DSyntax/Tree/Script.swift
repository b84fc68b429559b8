package import Source

/// A D program as it was written: declarations, clauses and pragmas, in their order.
package struct Script: Sendable {
  package var items: [Item] = []

  package init() {}

  /// Whether it has nothing but pragmas.
  var isEmpty: Bool {
    items.allSatisfy { if case .pragma = $0 { true } else { false } }
  }

  package enum Item: Sendable {
    case clause(Clause)
    case declaration(Declaration)
    case inline(InlineDefinition)
    case translator(TranslatorDefinition)
    case provider(ProviderDeclaration)
    case pragma(Pragma)
  }
}

/// `probe, probe /predicate/ { statements }`
package struct Clause: Sendable {
  package var probes: [ProbeDescription]
  package var predicate: Expression?
  /// Nil when the clause has no braces at all: the default action. Braces around nothing are an empty body.
  package var body: [Statement]?
  package var range: SourceRange
  package init(probes: [ProbeDescription], predicate: Expression?, body: [Statement]?, range: SourceRange) {
    self.probes = probes
    self.predicate = predicate
    self.body = body
    self.range = range
  }
}

/// `provider:module:function:name`, as written; parts may hold the globs `* ? [ ] !` and macro variables already replaced.
package struct ProbeDescription: Sendable, Hashable {
  /// Empty means any. Right-aligned: `open:entry` is function and name.
  package var provider = ""
  package var module = ""
  package var function = ""
  package var name = ""
  /// A probe given by its number (`-i 12`, or a bare number as a description).
  package var id: UInt32?
  package var range: SourceRange
  package init(
    provider: String = "", module: String = "", function: String = "", name: String = "", id: UInt32? = nil,
    range: SourceRange
  ) {
    self.provider = provider
    self.module = module
    self.function = function
    self.name = name
    self.id = id
    self.range = range
  }
}

package indirect enum Statement: Sendable {
  case expression(Expression)
  /// `if (c) { … } else { … }` (OpenDTrace `dt_sugar.c`).
  case branch(Expression, then: [Statement], otherwise: [Statement], SourceRange)
}

/// `#pragma D option quiet`, `#pragma D attributes …`: the words after `#pragma`.
package struct Pragma: Sendable {
  package var words: [String]
  package var range: SourceRange
  package init(words: [String], range: SourceRange) {
    self.words = words
    self.range = range
  }
}

/// `inline string NAME = expression;`, `inline int f[int a] = expression;`
package struct InlineDefinition: Sendable {
  package var declaration: Declarator
  package var value: Expression
  package var range: SourceRange
  package init(declaration: Declarator, value: Expression, range: SourceRange) {
    self.declaration = declaration
    self.value = value
    self.range = range
  }
}

/// `translator T < S *p > { member = expression; … };`
package struct TranslatorDefinition: Sendable {
  package var output: TypeName
  package var input: Declarator
  package var members: [Member]
  package var range: SourceRange
  package struct Member: Sendable {
    package var name: String
    package var value: Expression
    package var range: SourceRange
    package init(name: String, value: Expression, range: SourceRange) {
      self.name = name
      self.value = value
      self.range = range
    }
  }
  package init(output: TypeName, input: Declarator, members: [Member], range: SourceRange) {
    self.output = output
    self.input = input
    self.members = members
    self.range = range
  }
}

/// `provider p { probe n(args) : (args); };`
package struct ProviderDeclaration: Sendable {
  package var name: String
  package var probes: [Probe]
  package var range: SourceRange
  package struct Probe: Sendable {
    package var name: String
    package var arguments: [Declarator]
    package var translated: [Declarator]?
    package var range: SourceRange
    package init(name: String, arguments: [Declarator], translated: [Declarator]?, range: SourceRange) {
      self.name = name
      self.arguments = arguments
      self.translated = translated
      self.range = range
    }
  }
  package init(name: String, probes: [Probe], range: SourceRange) {
    self.name = name
    self.probes = probes
    self.range = range
  }
}
