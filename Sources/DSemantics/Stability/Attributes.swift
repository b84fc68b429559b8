/// How far a name, what it means, and what it depends on may be relied on (DTrace guide, "Stability").
package struct Attributes: Sendable, Hashable {
  package enum Stability: Int, Sendable, CaseIterable, Comparable {
    case `internal`, `private`, obsolete, external, unstable, evolving, stable, standard
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }
  package enum Dependency: Int, Sendable, CaseIterable, Comparable {
    case unknown, cpu, platform, group, isa, common
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  package var name: Stability
  package var data: Stability
  package var dependency: Dependency

  package init(_ name: Stability, _ data: Stability, _ dependency: Dependency) {
    self.name = name
    self.data = data
    self.dependency = dependency
  }

  /// `Evolving/Evolving/Common`, in letters of either case; what is left out at the end is the most stable there is. Nil for anything else.
  package init?(_ text: String) {
    let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    func stability(_ place: Int) -> Stability? {
      place < parts.count ? Stability.allCases.first { $0.word.lowercased() == parts[place] } : .standard
    }
    let dependency = parts.count < 3 ? .common : Dependency.allCases.first { $0.word.lowercased() == parts[2] }
    guard let name = stability(0), let data = stability(1), let dependency else { return nil }
    self.init(name, data, dependency)
  }

  /// The lesser of both in each respect.
  package func minimum(_ other: Attributes) -> Attributes {
    Attributes(min(name, other.name), min(data, other.data), min(dependency, other.dependency))
  }

  /// Whether it is less than another in any respect.
  package func isBelow(_ other: Attributes) -> Bool {
    name < other.name || data < other.data || dependency < other.dependency
  }

  /// `Unstable/Unstable/Common`
  package var text: String { "\(name.word)/\(data.word)/\(dependency.word)" }

  /// What D's own names are.
  package static let common = Attributes(.stable, .stable, .common)
  /// What a kernel's types and symbols are.
  package static let kernel = Attributes(.private, .private, .unknown)
}

extension Attributes.Stability {
  /// As reports write it: `Evolving`.
  package var word: String { "\(self)".capitalized }
}

extension Attributes.Dependency {
  /// As reports write it: `Common`; the two abbreviations in capitals.
  package var word: String {
    switch self {
    case .cpu: "CPU"
    case .isa: "ISA"
    default: "\(self)".capitalized
    }
  }
}

extension String {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
