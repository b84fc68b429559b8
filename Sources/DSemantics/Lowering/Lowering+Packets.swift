import DSyntax
import IR

// pcap(): a packet as it lies in a `struct sk_buff`, as far as it lies in one piece: of what is in pages only the length is told.

extension Lowering {
  /// Records the packet, as much of it as `pcapsize` allows; nothing where the pointer is NULL.
  mutating func recordPacket(_ packet: Typed, _ linkType: Typed) {
    guard let length = member("len"), let fragmented = member("data_len"), let data = member("data") else {
      return refuse(.pcap)
    }
    let address = integer(packet)
    let number = integer(linkType)
    let item = items.count
    let word = RecordLayout.Field(.value(.integer(.word, signed: false)))
    items.append(
      .init(
        .pcap,
        fields: [
          .init(.value(.integer(.double, signed: true))), word, word, word, .init(.bytes(options.packetSize)),
        ]))
    choose(on: address) {
      let (time, whole, rest, current) = ($0.newRegister(), $0.newRegister(), $0.newRegister(), $0.newRegister())
      $0.emit(.builtin(time, .walltimestamp))
      $0.emit(.load(whole, address: address, offset: length, .word, signed: false, .kernel))
      $0.emit(.load(rest, address: address, offset: fragmented, .word, signed: false, .kernel))
      $0.emit(.load(current, address: address, offset: data, .double, signed: false, .kernel))
      let start = $0.start(of: address, current, linkType)
      // The layer that is asked for may begin before what the kernel looks at now, or behind it.
      let before = $0.binary(.subtract, current, start, signed: false)
      let total = $0.binary(.add, whole, before, signed: false)
      let linear = $0.binary(.subtract, total, rest, signed: false)
      $0.emit(.happened(item: item))
      for (field, value) in [time, total, linear, number].enumerated() {
        $0.emit(.record(item: item, field: field, .integer(value)))
      }
      $0.emit(.recordBytes(item: item, field: 4, address: start, size: linear, .kernel))
    } otherwise: { _ in
    }
  }

  /// Where the layer of a link type begins: a network layer's header for PCAP_IP, the link layer's for PCAP_ETHER where the packet has
  /// one, and otherwise where the kernel looks at the packet now.
  private mutating func start(of packet: Register, _ current: Register, _ linkType: Typed) -> Register {
    guard case .integer(let number) = linkType.kind, let head = member("head"),
      let header = number == 1 ? member("mac_header") : [12, 14, 101].contains(number) ? member("network_header") : nil
    else { return current }
    let (buffer, offset, known, start) = (newRegister(), newRegister(), newRegister(), newRegister())
    emit(.load(buffer, address: packet, offset: head, .double, signed: false, .kernel))
    emit(.load(offset, address: packet, offset: header, .half, signed: false, .kernel))
    // A link layer's header that is not there is at ~0, a network layer's that was just received and not looked at yet at 0.
    emit(.compare(.notEqual, known, offset, constant(number == 1 ? 0xffff : 0)))
    choose(on: known) {
      $0.emit(.copy(start, $0.binary(.add, buffer, offset, signed: false)))
    } otherwise: {
      $0.emit(.copy(start, current))
    }
    return start
  }

  /// Where `struct sk_buff` has a member, in bytes.
  private func member(_ name: String) -> Int? {
    types.kernel.member(name, of: "struct sk_buff").map { $0.bitOffset / 8 }
  }
}
