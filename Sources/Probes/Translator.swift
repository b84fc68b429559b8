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
  package var members: [Member]
  package init(name: String, members: [Member]) {
    self.name = name
    self.members = members
  }

  package func member(_ name: String) -> Member? { members.first { $0.name == name } }
}
