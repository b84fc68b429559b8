import DSemantics
import IR

/// The D that random programs are made of: templates, in which `%i` stands for an integer expression, `%s` for a string, `%v`
/// and `%w` for a variable of each kind that may be assigned, `%n` for a small number, `%b` for a block of statements.
///
/// What the compiler of the day does not take is left out, so a template may come before the language has it.
package struct Grammar: Sendable {
  package struct Template: Sendable {
    var text: String
    /// How often, beside the others of its kind.
    var weight = 2
    /// Reads who or when: in the kernel that is a word of the hook's context, which ERROR's firing does not have.
    var isOfMoment = false
    /// May read the process's memory where there is none: at a call's entry that would be put off to its return.
    var isOfProcess = false
  }

  struct Beginning: Sendable {
    var text: String
    var isAlone = false
  }

  package var declarations: [String] = []
  var integers: [Template] = []
  var texts: [Template] = []
  var integerVariables: [String] = []
  var textVariables: [String] = []
  var statements: [Template] = []
  var beginnings: [Beginning] = []
  /// Leaves.
  var plainIntegers: [Template] = []
  var plainTexts: [Template] = []

  /// What this compiler takes of all that is known here; the rest is named in `refused`.
  package static let usable = Grammar.probing()
  package private(set) var refused: [String] = []

  private static func probing() -> Grammar {
    var grammar = Grammar()
    grammar.declarations = baseDeclarations
    for group in DeclarationGroup.all {
      let lines = group.declarations.joined(separator: "\n")
      guard takes(lines + "\nBEGIN { trace(1); }\n") else {
        grammar.refused.append(lines)
        continue
      }
      grammar.declarations += group.declarations
      grammar.integerVariables += group.integers
      grammar.textVariables += group.texts
      grammar.statements += group.statements
      grammar.integers += group.expressions
    }
    let prelude = grammar.declarations.joined(separator: "\n") + "\n"
    func isTaken(_ template: Template, _ make: (String) -> String) -> Bool {
      takes(prelude + "syscall::read:entry { " + make(filled(template.text)) + " }\n")
    }
    func sift(_ templates: [Template], _ make: (String) -> String) -> [Template] {
      templates.filter { template in
        if isTaken(template, make) { return true }
        grammar.refused.append(template.text)
        return false
      }
    }
    grammar.plainIntegers = sift(basePlainIntegers) { "trace(\($0));" }
    grammar.plainTexts = sift(basePlainTexts) { "trace(\($0));" }
    grammar.integers = sift(baseIntegers + grammar.integers) { "trace(\($0));" }
    grammar.texts = sift(baseTexts) { "trace(\($0));" }
    grammar.statements = sift(baseStatements + grammar.statements) { $0 }
    grammar.integerVariables = grammar.integerVariables.filter {
      isTaken(Template(text: $0)) { "\($0) = 1; \($0) += 2; \($0)++; trace(\($0));" }
    }
    grammar.beginnings = knownBeginnings.filter { beginning in
      isTaken(Template(text: beginning.text)) { $0 + (beginning.isAlone ? "" : " trace(1);") }
    }
    grammar.textVariables = grammar.textVariables.filter {
      isTaken(Template(text: $0)) { "\($0) = \"a\"; trace(\($0));" }
    }
    return grammar
  }

  /// The template with the plainest of what its holes may hold.
  private static func filled(_ text: String) -> String {
    let fillings: [Character: String] = [
      "i": "2", "s": "\"a\"", "v": "i64", "w": "s0", "n": "1", "b": "trace(1);", "%": "%",
    ]
    var out = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == "%", let hole = rest.first, let filling = fillings[hole] {
        rest.removeFirst()
        out += filling
      } else {
        out.append(character)
      }
    }
    return out
  }

  private static func takes(_ text: String) -> Bool {
    var script = RandomScript(
      seed: 0, options: ["strsize=32"], declarations: [text], clauses: [], inputs: [], entries: 8)
    script.declarations = [text]
    return (try? CompiledRow(script.row, for: .kernel)) != nil && (try? CompiledRow(script.row, for: .host)) != nil
  }
}

/// Variables that stand or fall together, and what can be said with them.
struct DeclarationGroup {
  var declarations: [String]
  var integers: [String] = []
  var texts: [String] = []
  var statements: [Grammar.Template] = []
  var expressions: [Grammar.Template] = []
}
