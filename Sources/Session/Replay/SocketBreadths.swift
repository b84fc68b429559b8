import Cases
import Events
import Probes

/// What packet sockets hear, by their filters: each filter is tried once.
struct SocketBreadths {
  private struct Key: Hashable {
    var filter: [UInt8]
    var proto: UInt16
    var type: UInt16
  }
  private var known: [Key: SocketBreadth] = [:]
  /// The most filters that are remembered; when there are more, all are tried again.
  private static let limit = 256

  mutating func breadth(of event: SocketEvent) -> SocketBreadth {
    guard event.family == 17, [.create, .bind, .attachFilter, .found, .seen].contains(event.action) else {
      return .unknown
    }
    // An eBPF filter, and one that was too long to be told whole, is nobody's to judge.
    guard event.filterKind == .none || event.filterKind == .classic && !event.filter.isEmpty else { return .unknown }
    let key = Key(filter: event.filter, proto: event.proto, type: event.type)
    if let breadth = known[key] { return breadth }
    if known.count >= Self.limit { known.removeAll() }
    let breadth = SocketBreadth(
      // A socket of SOCK_DGRAM is given frames without their link headers.
      FilterBreadth(classic: event.filter, interface: event.type == 3 ? .ethernet : .raw, seeing: event.proto))
    known[key] = breadth
    return breadth
  }
}

extension SocketBreadth {
  fileprivate init(_ breadth: FilterBreadth) {
    self =
      switch breadth {
      case .everything: .everything
      case .broad: .broad
      case .service: .service
      case .payload: .payload
      case .nothing: .nothing
      case .unknown: .unknown
      }
  }
}
