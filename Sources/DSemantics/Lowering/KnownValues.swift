import IR
import Probes

/// What recipes came to so far in a clause, on every way that leads to where steps are emitted now. A probe's arguments and the members of
/// its structures are what they were when they were first asked for: they are read once a firing, however often a clause, or the recipes
/// of others, need them.
struct KnownValues {
  /// A choice is known by its recipe, since the steps of its two ways are in blocks of their own.
  private struct Choice: Hashable {
    var recipe: Recipe
    var translated: Register?
  }

  /// Where a step's result goes while it is only compared.
  static let anywhere = Register(-1)

  /// By the step with `anywhere` as its result.
  private var steps: [Step: Register] = [:]
  private var choices: [Choice: Register] = [:]
  /// What was added, in order, so that the end of a way can take back what only that way knows.
  private var added: [Addition] = []

  private enum Addition {
    case step(Step)
    case choice(Choice)
  }

  func register(of step: Step) -> Register? { steps[step] }

  func register(of choice: Recipe, translated: Register?) -> Register? {
    choices[Choice(recipe: choice, translated: choice.needsTranslated ? translated : nil)]
  }

  mutating func add(_ step: Step, _ register: Register) {
    steps[step] = register
    added.append(.step(step))
  }

  mutating func add(_ choice: Recipe, translated: Register?, _ register: Register) {
    let choice = Choice(recipe: choice, translated: choice.needsTranslated ? translated : nil)
    choices[choice] = register
    added.append(.choice(choice))
  }

  /// How much is known now, for `forget(after:)`.
  var count: Int { added.count }

  /// Takes back what was added since; less is known by then when memory has changed.
  mutating func forget(after count: Int) {
    while added.count > count {
      switch added.removeLast() {
      case .step(let step): steps[step] = nil
      case .choice(let choice): choices[choice] = nil
      }
    }
  }
}

extension Step {
  /// Whether what was read from memory before may be something else behind it.
  var outdatesReads: Bool {
    switch self {
    case .store, .storeText, .copyBytes, .allocate, .addressOfText, .lookUpBytes, .loadBytes, .loadStack, .signal,
      .chill:
      true
    default: false
    }
  }
}
