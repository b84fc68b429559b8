import Application
import Correlation
import Dissection
import Events
import HostVM
import Probes

// A packet's fields, by `PacketSlot`.

extension HostInputs {
  /// Every packet is counted, whether it fires or not.
  mutating func count(_ packet: Timeline.Packet) {
    packetNumber &+= 1
    flow = flows?.record(packet.layers, at: packet.info.time)
  }

  func set(_ packet: Timeline.Packet, _ owner: Owner, in firing: inout Firing) {
    set(owner.actor, at: packet.info.time, cpu: 0, in: &firing)
    setNumbers(packet, owner, in: &firing)
    if !texts.isEmpty { setTexts(packet, owner, in: &firing) }
  }

  /// args[9] and its members.
  func set(_ message: Message, _ said: Texts, in firing: inout Firing) {
    firing.integers[9] = 1
    let members = message.members(said)
    for (place, number) in members.numbers.enumerated() { firing.integers[MessageSlot.number + place] = number }
    for (place, text) in members.texts.enumerated() where texts.contains(MessageSlot.text + place) {
      firing.setText(MessageSlot.text + place, text)
    }
  }

  /// Those that the program reads. args[n] is null where the packet has no such header; arg0 is its length.
  private func setNumbers(_ packet: Timeline.Packet, _ owner: Owner, in firing: inout Firing) {
    var numbers = firing.integers.mutableSpan
    // By place: without optimization an array's iterator asks for memory at each step.
    var place = 0
    while place < packetArguments.count {
      numbers[packetArguments[place]] = argument(packetArguments[place], packet.layers)
      place &+= 1
    }
    place = 0
    while place < packetSlots.count {
      numbers[packetSlots[place].rawValue] = number(packetSlots[place], packet, owner)
      place &+= 1
    }
  }

  private func argument(_ number: Int, _ layers: Layers) -> UInt64 {
    switch number {
    case 0: UInt64(layers.wireLength)
    case 1, 3, 7: 1
    case 2: layers.version == 0 ? 0 : 1
    case 4: layers.transport == .tcp ? 1 : 0
    case 5: layers.transport == .udp ? 1 : 0
    case 6: layers.transport == .icmp || layers.transport == .icmpv6 ? 1 : 0
    case 8: flow == nil ? 0 : 1
    default: 0
    }
  }

  private func number(_ slot: PacketSlot, _ packet: Timeline.Packet, _ owner: Owner) -> UInt64 {
    let layers = packet.layers
    return switch slot {
    case .length: UInt64(layers.wireLength)
    case .captured: UInt64(layers.capturedLength)
    case .number: packetNumber
    case .direction: UInt64(packet.direction(owner).number)
    case .cookie: owner.socket?.cookie ?? 0
    case .pid: UInt64(owner.actor?.process.pid ?? 0)
    case .version: UInt64(layers.version)
    case .payloadLength:
      layers.version == 0
        ? 0
        : UInt64(
          layers.totalLength &- min(layers.totalLength, layers.version == 6 ? 40 : layers.networkHeaderLength))
    case .proto: UInt64(layers.proto)
    case .timeToLive: UInt64(layers.hopLimit)
    case .tcpSourcePort: layers.transport == .tcp ? UInt64(layers.sourcePort) : 0
    case .tcpDestinationPort: layers.transport == .tcp ? UInt64(layers.destinationPort) : 0
    case .udpSourcePort: layers.transport == .udp ? UInt64(layers.sourcePort) : 0
    case .udpDestinationPort: layers.transport == .udp ? UInt64(layers.destinationPort) : 0
    case .sequence: UInt64(layers.sequence)
    case .acknowledgment: UInt64(layers.acknowledgment)
    case .tcpOffset: layers.transport == .tcp ? UInt64(layers.transportHeaderLength) : 0
    case .tcpFlags: UInt64(layers.tcpFlags)
    case .window: UInt64(layers.window)
    case .tcpLength: layers.transport == .tcp ? UInt64(layers.payloadLength) : 0
    case .udpLength: layers.transport == .udp ? UInt64(layers.payloadLength) : 0
    case .icmpType: UInt64(layers.icmpType)
    case .icmpCode: UInt64(layers.icmpCode)
    case .icmpIdentifier: UInt64(layers.echoIdentifier)
    case .flowPacketsOut: counts?.packetsOut ?? 0
    case .flowBytesOut: counts?.bytesOut ?? 0
    case .flowPacketsIn: counts?.packetsIn ?? 0
    case .flowBytesIn: counts?.bytesIn ?? 0
    case .flowOutbound: flow?.isForward == true ? 1 : 0
    case .source, .destination, .interface, .role, .confidence, .reason: 0
    }
  }

  /// What the packet's flow has come to, with it.
  private var counts: Flow? {
    guard let flow, let flows else { return nil }
    return flows[flow.index]
  }

  private func setTexts(_ packet: Timeline.Packet, _ owner: Owner, in firing: inout Firing) {
    func put(_ slot: PacketSlot, _ text: @autoclosure () -> String) {
      if texts.contains(slot.rawValue) { firing.setText(slot.rawValue, text().utf8) }
    }
    func put(_ slot: PacketSlot, _ address: Address) {
      if texts.contains(slot.rawValue) { firing.writeText(slot.rawValue) { address.append(to: &$0) } }
    }
    put(.source, packet.layers.source)
    put(.destination, packet.layers.destination)
    put(.interface, interfaces.indices.contains(packet.info.interface) ? interfaces[packet.info.interface] : "")
    put(.role, owner.role.rawValue)
    put(.confidence, owner.confidence.rawValue)
    put(.reason, owner.reason)
  }
}
