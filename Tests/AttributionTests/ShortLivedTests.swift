import Dissection
import Events
import Foundation
import Support
import Testing

/// Whose packet it is, when whoever sends it is gone a millisecond later. The payload says who it was.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct ShortLivedTests {
  /// As many `control`s at once, each with connections or datagrams of its own; nobody listens on port 7999.
  private func burst(_ lab: Lab, to addresses: [String], each count: Int) throws -> Set<UInt32> {
    var children: [Child] = []
    for number in 0..<count {
      for address in addresses {
        for (tcp, port) in [(true, 7000), (false, 7000), (false, 7999)] {
          let switches = tcp ? ["--tcp"] : []
          let target = "\(address):\(port)"
          children.append(
            try Child([Lab.program("control")] + switches + ["c\(number)", target, "3"], in: lab.a))
        }
        // Refused: the connection has no payload that could say whose it is; the kernel's events do.
        children.append(try Child([Lab.program("control"), "--tcp", "r\(number)", "\(address):7999", "1"], in: lab.a))
      }
    }
    for child in children { child.wait() }
    return Set(children.map { UInt32($0.pid) })
  }

  private func collector(_ side: Lab.Side) throws -> Child {
    let collector = try Child([Lab.program("collector"), "7000"], in: side)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    return collector
  }

  @Test func `on the sender's side every packet of a conversation is the sender's, from its SYN to its last ACK`()
    throws
  {
    let lab = try Lab("brief")
    let collector = try collector(lab.b)
    let recorder = try Recorder([lab.a.interface], in: lab.a)
    let senders = try burst(lab, to: [lab.b.address, "[\(lab.b.address6)]"], each: 12)
    let packets = try recorder.packets()
    _ = collector.stop()

    // 24 of each kind, three packets with payload each.
    #expect(packets.count { $0.claim != nil && $0.info.direction == .outbound } == 24 * 3 * 3)
    let conversations = packets.conversations
    #expect(conversations.count == 72)
    for (pid, packets) in conversations {
      for packet in packets where packet.pid != pid { Issue.record("\(pid) sent \(packet.text)") }
      let tcp = packets.filter { $0.layers.transport == .tcp }
      if !tcp.isEmpty {
        #expect(tcp.contains { $0.layers.tcpFlags & 0b1_0010 == 0b10 } && tcp.contains { $0.layers.tcpFlags & 1 == 1 })
      }
    }
    // What was refused: a SYN and a RST each, and no two belong to the same process.
    let refused = packets.filter { $0.layers.transport == .tcp }.filter {
      $0.key?.destination.port == 7999 || $0.key?.source.port == 7999
    }
    #expect(refused.count == 48)
    for packet in refused { #expect(packet.pid.map(senders.contains) == true, "\(packet.text)") }
    #expect(Set(refused.compactMap(\.pid)).count == 24)
    // The kernel's own.
    for packet in packets
    where packet.layers.transport == .icmp || packet.layers.transport == .icmpv6 || packet.layers.isARP {
      #expect(packet.owner.role == .kernel && packet.pid == nil, "\(packet.text)")
      #expect(["icmp-error", "nd", "multicast", "arp"].contains(packet.owner.reason), "\(packet.text)")
    }
  }

  @Test func `on the other side they are the receiver's, and what refuses is the kernel`() throws {
    let lab = try Lab("receive")
    let collector = try collector(lab.b)
    let recorder = try Recorder([lab.b.interface], in: lab.b)
    _ = try burst(lab, to: [lab.b.address, "[\(lab.b.address6)]"], each: 6)
    let packets = try recorder.packets()
    let pid = UInt32(collector.pid)
    _ = collector.stop()

    let received = packets.filter { $0.key?.destination.port == 7000 || $0.key?.source.port == 7000 }
    #expect(received.count { $0.claim != nil } == 12 * 2 * 3)
    for packet in received where packet.pid != pid { Issue.record("the collector is \(pid): \(packet.text)") }
    let resets = packets.filter { $0.layers.transport == .tcp && $0.key?.source.port == 7999 }
    #expect(resets.count == 12)
    for reset in resets {
      #expect(reset.owner.role == .kernel && reset.owner.reason == "reset" && reset.pid == nil, "\(reset.text)")
    }
    // Nobody is at the closed port, and that is known.
    let unheard = packets.filter { $0.key?.destination.port == 7999 && $0.layers.transport == .udp }
    #expect(unheard.count >= 12)
    for packet in unheard { #expect(packet.pid == nil && packet.owner.reason == "no-socket", "\(packet.text)") }
  }

  @Test(arguments: ["lo", "any"]) func `on loopback a packet is its sender's`(interface: String) throws {
    let lab = try Lab("loopback")
    let collector = try collector(lab.a)
    let server = UInt32(collector.pid)
    let recorder = try Recorder([interface], in: lab.a)
    _ = try burst(lab, to: ["127.0.0.1", "[::1]"], each: 6)
    let packets = try recorder.packets()
    _ = collector.stop()

    // Each is seen once, also by `any`.
    #expect(packets.count { $0.claim != nil && $0.key?.destination.port == 7000 } == 12 * 2 * 3)
    for (pid, conversation) in packets.conversations {
      for packet in conversation {
        let isAnswer = packet.key?.source.port == 7000
        // An ACK in TIME_WAIT is the kernel's, for the process that had the socket.
        #expect(packet.pid == (isAnswer ? server : pid), "\(pid) and the collector \(server): \(packet.text)")
      }
    }
  }

  @Test(arguments: [[], ["--udp"], ["--ring"], ["--pipe"]])
  func `every packet of srg's is its own, from the first to the last`(switches: [String]) throws {
    let lab = try Lab("srg")
    let collector = try Child([Lab.program("collector"), "--print", "7000"], in: lab.b)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    let recorder = try Recorder([lab.a.interface], in: lab.a)
    let srg = try Child(
      [Lab.program("srg")] + switches
        + ["--quiet", "--config", "/dev/null", "--count", "20", lab.a.interface, "10.200.1.2:7000"], in: lab.a)
    try srg.line { $0.hasPrefix("Using device vA") }
    let control = try Child([Lab.program("control"), "seen", "\(lab.a.address):9", "25"], in: lab.b)
    #expect(control.wait() == .exited(0))
    #expect(srg.wait() == .exited(0))
    try collector.line { _ in collector.output.count { !$0.hasPrefix("collector: ") } >= 20 }
    let packets = try recorder.packets()

    let own = packets.filter { $0.key?.destination.port == 7000 || $0.key?.source.port == 7000 }
    // All that the collector had, each byte once.
    let sent = own.filter { $0.layers.payloadLength > 0 && $0.info.direction == .outbound }
    let received = collector.output.filter { !$0.hasPrefix("collector: ") }.reduce(0) { $0 + $1.utf8.count + 1 }
    // What TCP sent again, for a collector that was kept from running, is the same bytes.
    let first = sent.first?.layers.sequence ?? 0
    let bytes =
      switches == ["--udp"]
      ? sent.reduce(0) { $0 + Int($1.layers.payloadLength) }
      : sent.map { Int(Int32(bitPattern: $0.layers.sequence &- first)) + Int($0.layers.payloadLength) }.max()
    #expect(bytes == received)
    // With --pipe it is a child of srg's that sends: always the same one, and it is not srg.
    let senders = Set(own.map(\.pid))
    #expect(senders.count == 1, "\(own.map(\.text))")
    #expect(own.allSatisfy { $0.owner.actor?.command == Array("srg".utf8) })
    if switches != ["--pipe"] {
      #expect(senders == [UInt32(srg.pid)])
    } else {
      #expect(own.allSatisfy { $0.owner.actor?.parent == UInt32(srg.pid) } && !senders.contains(UInt32(srg.pid)))
    }
  }
}
