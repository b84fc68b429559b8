import Bytes

/// The handshakes in datagrams that are being read, by the index of their flow.
///
/// A fixed number of places; a flow whose place another one has takes it over, which is counted when the other's handshake was not over.
struct Handshakes: Sendable {
  static let places = 512

  private enum Handshake: Sendable {
    case none
    case quic(QUICHandshake)
    case dtls(DTLSHandshake)

    /// Whether something is lost when it goes.
    var isUnfinished: Bool { if case .quic(let quic) = self { !quic.isOver } else { false } }
  }
  private var flows: [Int] = []
  private var handshakes: [Handshake] = []
  private(set) var losses: UInt64 = 0

  /// Reads a datagram for which `QUICHandshake.begins` or `DTLSHandshake.begins` holds.
  mutating func read(
    _ bytes: RawSpan, flow: (index: Int, isNew: Bool, isForward: Bool), into output: inout Output
  ) {
    if flows.isEmpty {
      flows = Array(repeating: -1, count: Self.places)
      handshakes = Array(repeating: .none, count: Self.places)
    }
    let place = flow.index % Self.places
    if flows[place] != flow.index || flow.isNew {
      if handshakes[place].isUnfinished, flows[place] != flow.index { losses &+= 1 }
      flows[place] = flow.index
      handshakes[place] = .none
    }
    // Taken out and put back, so that its bytes are not copied.
    var handshake = Handshake.none
    swap(&handshake, &handshakes[place])
    handshakes[place] = Self.readOn(consume handshake, bytes, isForward: flow.isForward, into: &output)
  }

  /// Reads a datagram; what a flow began as it stays.
  private static func readOn(
    _ handshake: consuming Handshake, _ bytes: RawSpan, isForward: Bool, into output: inout Output
  ) -> Handshake {
    switch consume handshake {
    case .dtls(var dtls):
      dtls.read(bytes, isForward: isForward, into: &output)
      return .dtls(dtls)
    case .quic(let quic):
      var known: QUICHandshake? = quic
      QUICHandshake.read(bytes, isForward: isForward, &known, into: &output)
      return known.map(Handshake.quic) ?? .none
    case .none:
      if DTLSHandshake.begins(bytes) {
        return readOn(.dtls(DTLSHandshake()), bytes, isForward: isForward, into: &output)
      }
      var known: QUICHandshake?
      QUICHandshake.read(bytes, isForward: isForward, &known, into: &output)
      return known.map(Handshake.quic) ?? .none
    }
  }
}
