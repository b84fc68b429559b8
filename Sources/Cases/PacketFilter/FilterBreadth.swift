package enum FilterBreadth: Sendable, Equatable {
  case everything
  case broad([String])
  case service(String)
  case payload(String)
  case nothing
  case unknown(String)
  package init(classic instructions: [UInt8], interface link: LinkHint = .ethernet) { self = .everything }
  package var isBroad: Bool {
    switch self {
    case .everything, .broad: true
    case .service, .payload, .nothing, .unknown: false
    }
  }
  package var text: String { "everything" }
}
package enum LinkHint: Sendable { case ethernet, raw }
