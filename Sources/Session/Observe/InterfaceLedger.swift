package import Capture
import Correlation
import Dissection
package import Events

/// The interfaces' own counters, as they were at some moment between two.
package struct InterfaceReading: Sendable {
  package var counters: [InterfaceCounters]
  package var from: Instant
  package var to: Instant
}

/// Keeps the books of a live run: what was captured of each interface, and what the interface counted meanwhile.
struct InterfaceLedger: Sendable {
  /// Which capture, and of a capture of all interfaces the kernel's number of the one.
  private struct Place: Hashable {
    var capture: Int
    var index: UInt32
  }

  private var names: [Int: String] = [:]
  private var indices: [Int: UInt32] = [:]
  private var tallies: [Place: InterfaceTally] = [:]
  private var before: InterfaceReading?
  private var after: InterfaceReading?
  private var mtus: [UInt32: UInt32] = [:]
  /// The cookie of the namespace that is captured in; 0 until a packet has told it.
  private var namespace: UInt64 = 0
  /// What packet sockets sent, by namespace and interface: 0 where the socket is bound to none.
  private var sent: [SocketPlace: FrameCount] = [:]
  private var packetSockets: Set<SocketID> = []

  private struct SocketPlace: Hashable {
    var namespace: UInt64
    var interface: UInt32
  }

  /// The most interfaces, and the most that packet sockets are kept apart by; what comes after that is left to the unexplained.
  private static let most = 4096
  /// Between a frame's time and the interface's counting it, in nanoseconds.
  private static let slack: Int64 = 1_000_000

  /// A capture that packets come from; `any` is of all interfaces.
  mutating func add(_ name: String, at index: Int) {
    names[index] = name
    indices[index] = before?.counters.first { $0.name == name }?.index
  }

  /// Takes the counters, first when the run begins and then when it ends.
  mutating func note(_ reading: InterfaceReading) {
    if before == nil { before = reading } else { after = reading }
    for counter in reading.counters { mtus[counter.index] = counter.mtu }
  }

  /// Whether the packet came when the run was over.
  func isLate(_ time: Instant) -> Bool { after.map { time >= $0.from } ?? false }

  mutating func count(_ layers: Layers, _ packet: Timeline.Packet, _ owner: Owner) {
    namespace = packet.namespace
    let place = Place(capture: packet.info.interface, index: layers.interfaceIndex)
    guard tallies[place] != nil || tallies.count < Self.most else { return }
    let index = layers.interfaceIndex != 0 ? layers.interfaceIndex : indices[packet.info.interface] ?? 0
    let mtu = mtus[index] ?? 0
    tallies[place, default: InterfaceTally()].add(layers, owner, isAtEdge: isAtEdge(packet.info.time), mtu: mtu)
  }

  /// What a packet socket was told to send.
  mutating func count(_ event: SocketEvent) {
    guard event.action == .send, event.family == 17, event.result > 0 else { return }
    let place = SocketPlace(namespace: event.socket.namespace, interface: event.interface)
    guard sent[place] != nil || sent.count < Self.most else { return }
    sent[place, default: FrameCount()].add(UInt32(clamping: event.result))
    if packetSockets.count < Self.most { packetSockets.insert(event.socket) }
  }

  private func isAtEdge(_ time: Instant) -> Bool {
    if let before, time.since(before.to) < Self.slack &+ before.to.since(before.from) { return true }
    guard let after else { return false }
    return after.from.since(time) < Self.slack &+ after.to.since(after.from)
  }

  /// The sums of all interfaces that anything passed, in the order of the kernel's numbers.
  /// - Parameters:
  ///   - lost: by capture, packets that it lost.
  ///   - isWhole: nothing was kept from being captured.
  func sums(lost: [Int64], isWhole: Bool, loopbacks: Set<String>) -> [InterfaceSum] {
    var found: [InterfaceSum] = []
    for (capture, name) in names.sorted(by: { $0.key < $1.key }) {
      for counters in after?.counters ?? [] where name == "any" || counters.name == name {
        let earlier = before?.counters.first { $0.index == counters.index && $0.name == counters.name }
        var tally = tallies[Place(capture: capture, index: name == "any" ? counters.index : 0)]
        if let nearest = tally?.nearest {
          tally!.injected = nearest.reduce(tally!.injected) { packetSockets.contains($1.key) ? $0 + $1.value : $0 }
        }
        // What is bound to no interface may have been for this one, when this is the only one.
        let unbound = name != "any" && names.count == 1 ? sent[SocketPlace(namespace: namespace, interface: 0)] : nil
        let bound = sent[SocketPlace(namespace: namespace, interface: counters.index)]
        var sum = InterfaceSum(
          counters.name, tally ?? InterfaceTally(), sent: (bound ?? FrameCount()) + (unbound ?? FrameCount()))
        if name != "any", lost.indices.contains(capture) { sum.lost = lost[capture] }
        if isWhole {
          sum.compare(
            earlier, counters, parts: tally?.parts ?? FrameCount(), isLoopback: loopbacks.contains(counters.name))
        }
        if name != "any" || tally != nil || sum.counted.map({ $0.packets != 0 }) ?? false { found.append(sum) }
      }
    }
    return found
  }
}
