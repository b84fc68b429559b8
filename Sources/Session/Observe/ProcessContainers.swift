import Events

/// Which processes are in containers, out of what events tell: a child is where its parent is.
///
/// Bounded: when so many are known, all are forgotten and the count begins anew; what they still send is the host's then.
struct ProcessContainers: Sendable {
  static let limit = 1 << 16

  private var containers: [ProcessID: [UInt8]] = [:]
  /// How many were forgotten.
  private(set) var forgotten: UInt64 = 0

  subscript(process: ProcessID) -> [UInt8]? { containers[process] }

  mutating func learn(_ event: Event) {
    switch event.what {
    case .container(let path): keep(event.actor.process, container(ofControlGroup: path))
    case .process(.create(let child)):
      if let place = containers[event.actor.process] { keep(child, place) }
    default: break
    }
  }

  private mutating func keep(_ process: ProcessID, _ container: [UInt8]?) {
    if containers.count == Self.limit {
      forgotten &+= UInt64(containers.count)
      containers.removeAll(keepingCapacity: true)
    }
    containers[process] = container
  }
}
