/// What a probe's argument offers by member name: `psinfo_t`, `ipinfo_t`. Its members are computed when they are asked for.
package struct Translator: Sendable {
  package struct Member: Sendable {
    package var name: String
    /// As D writes it: `uint16_t`, `string`.
    package var type: String
    package var recipe: Recipe
    package init(_ name: String, _ type: String, _ recipe: Recipe) {
      self.name = name
      self.type = type
      self.recipe = recipe
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
