/// What a probe's argument offers by member name: `psinfo_t`, `ipinfo_t`. Its members are computed when they are asked for.
package struct Translator: Sendable {
  package struct Member: Sendable {
    package var name: String
    /// As D writes it: `uint16_t`, `string`.
    package var type: String
    package var recipe: Recipe
    /// Where the host's side has it, when the argument was captured before.
    package var slot: Int?
    package init(_ name: String, _ type: String, _ recipe: Recipe, slot: Int? = nil) {
      self.name = name
      self.type = type
      self.recipe = recipe
      self.slot = slot
    }
  }
  package var name: String
  /// The structure that D's libraries define and this makes, when it is not called by its name.
  package var output: String?
  /// As D writes it: what the argument is that this is made from. Members that this does not have come from the libraries' translator of
  /// that type.
  package var input: String?
  package var members: [Member]
  package init(name: String, output: String? = nil, input: String? = nil, members: [Member]) {
    self.name = name
    self.output = output
    self.input = input
    self.members = members
  }

  package func member(_ name: String) -> Member? { members.first { $0.name == name } }
}
