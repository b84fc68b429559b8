import Dissection

/// How much of a packet a recording keeps; its length on the wire is kept always.
package struct PacketCut: Sendable {
  package enum Payload: String, Sendable, CaseIterable {
    /// What was captured.
    case full
    /// Up to the end of the innermost header that was read.
    case headers
    /// No byte: when it came, how long it was and whose it is.
    case none
  }

  package var payload = Payload.full
  /// The most bytes; nil for all.
  package var most: Int?
  package init() {}

  func kept(of count: Int, _ layers: Layers) -> Int {
    let kept =
      switch payload {
      case .full: count
      case .headers: min(count, Int(layers.payloadOffset))
      case .none: 0
      }
    return min(kept, most ?? kept)
  }
}
