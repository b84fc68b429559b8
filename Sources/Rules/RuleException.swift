package import Events

/// What a site does not want to hear of, and why: a record beside the rules, which say what they say.
///
///     agent-ships-captures:
///       rule: SNF-004
///       where: {exe: /opt/agent/bin/agent, sha256: 9f86…, destination: 10.1.0.0/16}
///       reason: the monitoring agent ships samples to its collector
///       owner: netops@example.org
///       expires: 2027-03-01
package struct RuleException: Sendable, Equatable {
  /// What must all be so. What a finding is not known to have, it has not: nothing is hidden for want of knowledge.
  package struct Condition: Sendable, Equatable {
    /// Whole paths.
    package var programs: [String] = []
    /// SHA-256 of the executable, 32 bytes each.
    package var digests: [[UInt8]] = []
    package var packages: [String] = []
    package var units: [String] = []
    /// Beginnings of containers' ids, of twelve digits or more.
    package var containers: [String] = []
    /// `sha256:` and the digits, twelve or more.
    package var images: [String] = []
    package var destinations: [AddressBlock] = []
    package var ports: [UInt16] = []
    package var users: [UInt32] = []

    package init() {}

    /// Whether it says more than what anybody can call himself.
    package var isSure: Bool {
      !(digests.isEmpty && packages.isEmpty && units.isEmpty && containers.isEmpty && images.isEmpty
        && destinations.isEmpty)
    }

    /// - Parameter unknown: what a recording cannot tell, the digest, the package, the unit and the image, counts as it is wanted.
    func holds(for finding: Finding, assuming unknown: Bool = false) -> Bool {
      let origin = finding.origin
      func fits(_ wanted: [String], _ text: String?) -> Bool {
        wanted.isEmpty || text.map(wanted.contains) ?? unknown
      }
      func begins(_ wanted: [String], _ text: String?, _ unknown: Bool) -> Bool {
        wanted.isEmpty || text.map { text in wanted.contains { text.hasPrefix($0) } } ?? unknown
      }
      return (programs.isEmpty || finding.value(.program).map(programs.contains) == true)
        && (digests.isEmpty || (origin.digest.isEmpty ? unknown : digests.contains(origin.digest)))
        && fits(packages, origin.package) && fits(units, origin.unit)
        && begins(containers, origin.container, false) && begins(images, origin.image, unknown)
        && (destinations.isEmpty
          || finding.flow.map { flow in destinations.contains { $0.contains(flow.destination.address) } } == true)
        && (ports.isEmpty || finding.flow.map { ports.contains($0.destination.port) } == true)
        && (users.isEmpty || finding.actor.map { users.contains($0.user) } == true)
    }
  }

  package var name: String
  /// Ids of the rules it is for.
  package var rules: [String]
  package var condition: Condition
  package var reason: String
  package var owner: String
  package var ticket: String?
  /// From this moment on it hides nothing.
  package var expires: Instant

  package init(
    name: String, rules: [String], condition: Condition, reason: String, owner: String, ticket: String? = nil,
    expires: Instant
  ) {
    self.name = name
    self.rules = rules
    self.condition = condition
    self.reason = reason
    self.owner = owner
    self.ticket = ticket
    self.expires = expires
  }

  /// Whether it is about such a finding, expired or not.
  package func isAbout(_ finding: Finding) -> Bool { rules.contains(finding.rule.id) && condition.holds(for: finding) }

  /// Whether it may be, for all that is known.
  func mayBeAbout(_ finding: Finding) -> Bool {
    rules.contains(finding.rule.id) && condition.holds(for: finding, assuming: true)
  }
}

/// A site's exceptions at work: which hid what, and how often.
package struct RuleExceptions: Sendable {
  /// What became of one.
  package struct Account: Sendable, Equatable {
    package var exception: RuleException
    /// Findings that it hid, by rule.
    package var hidden: [String: UInt64] = [:]
    package var last: Instant?
    /// Findings that it would have hidden, had it not expired.
    package var expired: UInt64 = 0

    package var count: UInt64 { hidden.values.reduce(0, +) }
  }

  package private(set) var accounts: [Account] = []

  package init() {}
  package init(_ exceptions: [RuleException]) { accounts = exceptions.map { Account(exception: $0) } }

  package var isEmpty: Bool { accounts.isEmpty }

  /// Asks whether a finding is hidden, and counts it.
  /// - Parameter now: what the clock says, not the finding: a recording of last year is judged by today's exceptions.
  /// - Returns: the name of the first exception that hides it.
  package mutating func hide(_ finding: Finding, at now: Instant) -> String? {
    for index in accounts.indices where accounts[index].exception.isAbout(finding) {
      guard now < accounts[index].exception.expires else {
        accounts[index].expired &+= 1
        continue
      }
      accounts[index].hidden[finding.rule.id, default: 0] &+= 1
      accounts[index].last = max(accounts[index].last ?? finding.last, finding.last)
      return accounts[index].exception.name
    }
    return nil
  }

  /// Takes over what others of the same name and content have counted.
  package mutating func continues(_ before: RuleExceptions) {
    for index in accounts.indices {
      guard let same = before.accounts.first(where: { $0.exception == accounts[index].exception }) else { continue }
      accounts[index] = same
    }
  }
}
