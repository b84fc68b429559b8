package import DSyntax

/// What the parts of a provider's probes may be relied on for (libdtrace `dt_prov_*.c`; DTrace guide, each provider's "Stability").
package struct ProviderAttributes: Sendable, Hashable {
  package var provider: Attributes
  package var module: Attributes
  package var function: Attributes
  package var name: Attributes
  package var arguments: Attributes

  /// The provider's; those of one that is not in the table are private.
  package static func of(_ provider: String) -> ProviderAttributes {
    switch provider {
    case "dtrace": row(.common, .kernel, .kernel, .common, .common)
    case "profile", "cpc", "tick":
      row(evolving, Attributes(.unstable, .unstable, .unknown), .kernel, evolving, evolving)
    case "syscall", "fbt": row(evolving, .kernel, privateISA, evolving, privateISA)
    case "rawtp", "sdt": row(evolvingISA, .kernel, .kernel, privateISA, privateISA)
    default: row(evolvingISA, .kernel, .kernel, evolvingISA, evolvingISA)
    }
  }

  /// What a description relies on: the least of what it names. One that names no provider relies on whatever there is.
  package static func of(_ description: ProbeDescription) -> Attributes {
    let anywhere = isGlob(description.provider)
    let row = anywhere ? any : of(description.provider)
    var least = row.provider
    if !isGlob(description.module) { least = least.minimum(row.module) }
    if !isGlob(description.function) { least = least.minimum(row.function) }
    if !isGlob(description.name) { least = least.minimum(row.name) }
    return least
  }

  /// What the arguments of a description's probes may be relied on for.
  package static func arguments(of description: ProbeDescription) -> Attributes {
    isGlob(description.provider) ? any.arguments : of(description.provider).arguments
  }

  private static func isGlob(_ part: String) -> Bool { part.isEmpty || isPattern(part) }

  private static let evolving = Attributes(.evolving, .evolving, .common)
  private static let evolvingISA = Attributes(.evolving, .evolving, .isa)
  private static let unstable = Attributes(.unstable, .unstable, .common)
  private static let privateISA = Attributes(.private, .private, .isa)
  private static let any = row(unstable, unstable, unstable, unstable, unstable)

  private static func row(
    _ provider: Attributes, _ module: Attributes, _ function: Attributes, _ name: Attributes, _ arguments: Attributes
  ) -> ProviderAttributes {
    ProviderAttributes(provider: provider, module: module, function: function, name: name, arguments: arguments)
  }
}
