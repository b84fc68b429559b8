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
    setFlow(in: &firing)
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

  /// args[n] is null where the packet has no such header; arg0 is its length.
  private func setNumbers(_ packet: Timeline.Packet, _ owner: Owner, in firing: inout Firing) {
    func put(_ slot: PacketSlot, _ value: some BinaryInteger) {
      firing.integers[slot.rawValue] = UInt64(truncatingIfNeeded: value)
    }
    let layers = packet.layers
    let (isTCP, isUDP) = (layers.transport == .tcp, layers.transport == .udp)
    let isICMP = layers.transport == .icmp || layers.transport == .icmpv6
    firing.integers[0] = UInt64(layers.wireLength)
    for place in [1, 3, 7] { firing.integers[place] = 1 }
    firing.integers[2] = layers.version == 0 ? 0 : 1
    firing.integers[4] = isTCP ? 1 : 0
    firing.integers[5] = isUDP ? 1 : 0
    firing.integers[6] = isICMP ? 1 : 0
    put(.length, layers.wireLength)
    put(.captured, layers.capturedLength)
    put(.number, packetNumber)
    put(.cookie, owner.socket?.cookie ?? 0)
    put(.pid, owner.actor?.process.pid ?? 0)
    put(.version, layers.version)
    let headerLength = layers.version == 6 ? 40 : layers.networkHeaderLength
    put(.payloadLength, layers.version == 0 ? 0 : layers.totalLength &- min(layers.totalLength, headerLength))
    put(.proto, layers.proto)
    put(.timeToLive, layers.hopLimit)
    put(.sourcePort, layers.sourcePort)
    put(.destinationPort, layers.destinationPort)
    put(.sequence, layers.sequence)
    put(.acknowledgment, layers.acknowledgment)
    put(.tcpOffset, isTCP ? layers.transportHeaderLength : 0)
    put(.tcpFlags, layers.tcpFlags)
    put(.window, layers.window)
    put(.transportLength, isTCP || isUDP ? layers.payloadLength : 0)
    put(.icmpType, layers.icmpType)
    put(.icmpCode, layers.icmpCode)
    put(.icmpIdentifier, layers.echoIdentifier)
  }

  private func setFlow(in firing: inout Firing) {
    guard let flows else { return }
    func put(_ slot: PacketSlot, _ value: UInt64) { firing.integers[slot.rawValue] = value }
    let counts = flow.map { flows[$0.index] }
    firing.integers[8] = counts == nil ? 0 : 1
    put(.flowPacketsOut, counts?.packetsOut ?? 0)
    put(.flowBytesOut, counts?.bytesOut ?? 0)
    put(.flowPacketsIn, counts?.packetsIn ?? 0)
    put(.flowBytesIn, counts?.bytesIn ?? 0)
    put(.flowOutbound, flow?.isForward == true ? 1 : 0)
  }

  private func setTexts(_ packet: Timeline.Packet, _ owner: Owner, in firing: inout Firing) {
    func put(_ slot: PacketSlot, _ text: @autoclosure () -> String) {
      if texts.contains(slot.rawValue) { firing.setText(slot.rawValue, text().utf8) }
    }
    let layers = packet.layers
    put(.source, layers.source.text)
    put(.destination, layers.destination.text)
    put(.interface, interfaces.indices.contains(packet.info.interface) ? interfaces[packet.info.interface] : "")
    put(.role, owner.role.rawValue)
    put(.confidence, owner.confidence.rawValue)
    put(.reason, owner.reason)
  }
}

extension Address {
  /// Empty when there is none.
  var text: String { version == 0 ? "" : description }
}
