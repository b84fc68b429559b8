package import Dissection
package import Events

/// What TCP's headers say of a flow table's connections, beside the table and by its indices; nothing is kept of other protocols.
///
/// Bounded as the table is: a connection takes about 170 bytes, and its place goes to another when the flow is evicted.
package struct TCPConversations: Sendable {
  /// By the flow's index; -1 for none.
  private var places: [Int32] = []
  private var conversations: [TCPConversation] = []
  private var free: [Int32] = []
  private var holes = SequenceHoles()

  package init() {}

  /// Holes in sequence numbers that were forgotten: as many segments at least may be called retransmissions that were only late.
  package var forgottenHoles: UInt64 { holes.forgotten }

  /// Takes in a segment that the flow table has recorded, if its header was read.
  package mutating func record(_ layers: Layers, _ recorded: FlowTable.Recorded, at time: Instant) {
    var layers = layers
    record(inPlace: &layers, recorded, at: time)
  }

  /// The same where the layers are; nothing of them changes. Across modules a value of that size is otherwise copied for the call.
  package mutating func record(inPlace layers: inout Layers, _ recorded: FlowTable.Recorded, at time: Instant) {
    guard layers.transportHeaderLength > 0 else { return }
    let index = recorded.index
    if index >= places.count || places[index] < 0 { begin(index) }
    let place = Int(places[index])
    conversations[place].record(&layers, isForward: recorded.isForward, at: time.nanoseconds, &holes)
  }

  /// The flow's connection; nil when it has none.
  package subscript(index: Int) -> TCPConversation? {
    places.indices.contains(index) && places[index] >= 0 ? conversations[Int(places[index])] : nil
  }

  /// The flow at the index was evicted: another has its place.
  package mutating func forget(_ index: Int) {
    guard places.indices.contains(index), places[index] >= 0 else { return }
    let place = Int(places[index])
    holes.close(&conversations[place].source.holes)
    holes.close(&conversations[place].destination.holes)
    free.append(places[index])
    places[index] = -1
  }

  @inline(never)
  private mutating func begin(_ index: Int) {
    while places.count <= index { places.append(-1) }
    if let place = free.popLast() {
      conversations[Int(place)] = TCPConversation()
      places[index] = place
    } else {
      places[index] = Int32(truncatingIfNeeded: conversations.count)
      conversations.append(TCPConversation())
    }
  }
}
