import Bytes

/// The handshakes in datagrams that are being read, by the index of their flow.
///
/// A fixed number of places; a flow whose place another one has takes it over, which is counted when the other's handshake was not over.
struct Handshakes: Sendable {
  static let places = 512

  private var flows: [Int] = []
  private var handshakes: [QUICHandshake?] = []
  private(set) var losses: UInt64 = 0

  mutating func readQUIC(
    _ bytes: RawSpan, flow: (index: Int, isNew: Bool, isForward: Bool), into output: inout Output
  ) {
    if flows.isEmpty {
      flows = Array(repeating: -1, count: Self.places)
      handshakes = Array(repeating: nil, count: Self.places)
    }
    let place = flow.index % Self.places
    if flows[place] != flow.index || flow.isNew {
      if let other = handshakes[place], !other.isOver, flows[place] != flow.index { losses &+= 1 }
      flows[place] = flow.index
      handshakes[place] = nil
    }
    // Taken out and put back, so that its bytes are not copied.
    var handshake: QUICHandshake?
    swap(&handshake, &handshakes[place])
    QUICHandshake.read(bytes, isForward: flow.isForward, &handshake, into: &output)
    swap(&handshake, &handshakes[place])
  }
}
