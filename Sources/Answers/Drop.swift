/// Something that was lost, as dtrace reports it on standard error.
package enum Drop: String, Sendable, Hashable, CaseIterable {
  case principal = "PRINCIPAL"
  case aggregation = "AGGREGATION"
  case dynamic = "DYNAMIC"
  case dynamicRinsing = "DYNRINSE"
  case dynamicDirty = "DYNDIRTY"
  case speculation = "SPEC"
  case speculationBusy = "SPECBUSY"
  case speculationUnavailable = "SPECUNAVAIL"
  case stackStrings = "STKSTROVERFLOW"
  case doubleError = "DBLERROR"

  /// `DTRACEDROP_PRINCIPAL`: what `-xdroptags` shows.
  package var tag: String { "DTRACEDROP_\(rawValue)" }

  /// Whether the line names the CPU that lost it.
  package var isOfCPU: Bool { self == .principal || self == .aggregation }

  /// The line that dtrace writes after "dtrace: ": `3 drops on CPU 0`. Only drops of records and aggregations have a CPU; a nil one
  /// leaves it out.
  package func text(_ count: UInt64, cpu: UInt32? = nil, tagged: Bool = false) -> String {
    let (what, after): (String, String) =
      switch self {
      case .principal: ("drop", "")
      case .aggregation: ("aggregation drop", "")
      case .dynamic: ("dynamic variable drop", "")
      case .dynamicRinsing: ("dynamic variable drop", " with non-empty rinsing list")
      case .dynamicDirty: ("dynamic variable drop", " with non-empty dirty list")
      case .speculation: ("speculative drop", "")
      case .speculationBusy: ("failed speculation", " (available buffer(s) still busy)")
      case .speculationUnavailable: ("failed speculation", " (no speculative buffer available)")
      case .stackStrings: ("jstack()/ustack() string table overflow", "")
      case .doubleError: ("error", " in ERROR probe enabling")
      }
    let place =
      switch self {
      case .principal, .aggregation: cpu.map { " on CPU \($0)" } ?? ""
      default: ""
      }
    return "\(tagged ? "[\(tag)] " : "")\(count) \(what)\(count > 1 ? "s" : "")\(after)\(place)"
  }
}
