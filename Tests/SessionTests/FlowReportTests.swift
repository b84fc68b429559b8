import Dissection
import Events
import Foundation
import Recording
import Session
import Testing

/// Reports over recordings that are written here, event by event.
struct FlowReportTests {
  private let id = String(repeating: "7f", count: 32)

  private func actor(_ pid: UInt32) -> Actor {
    Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid, command: Array("p\(pid)".utf8))
  }

  /// An IPv4 datagram in an Ethernet frame, from port `port`.
  private func frame(_ port: UInt16) -> [UInt8] {
    let ip: [UInt8] = [0x45, 0, 0, 36, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
    let udp: [UInt8] = [UInt8(port >> 8), UInt8(port & 255), 0, 9, 0, 16, 0, 0]
    return [UInt8](repeating: 2, count: 12) + [8, 0] + ip + udp + [UInt8](repeating: 0, count: 8)
  }

  @Test func `who is in a container is in it with all that it starts`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID()).pcapng").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    let interface = try writer.interface(namespace: "1", name: "eth0", linkType: .ethernet)
    let (outside, inside, child) = (actor(10), actor(20), actor(30))
    let events: [(Actor, Event.What)] = [
      (outside, .process(.found(path: Array("/bin/a".utf8), arguments: []))),
      (inside, .container(Array("/system.slice/docker-\(id).scope".utf8))),
      (inside, .process(.create(child: child.process))),
    ]
    for (number, (actor, what)) in events.enumerated() {
      try writer.event(Event(time: Instant(nanoseconds: Int64(number)), actor: actor, what: what))
    }
    for (number, actor) in [outside, inside, child].enumerated() {
      let bytes = frame(UInt16(1000 + number))
      let info = FrameInfo(
        time: Instant(nanoseconds: 10 + Int64(number)), wireLength: bytes.count, linkType: .ethernet,
        interface: interface, direction: .outbound)
      let owner = Owner(actor: actor, role: .sender, confidence: .high, reason: "tuple")
      try writer.packet(info, RawSpan(_elements: bytes.span), owner: owner, id: UInt64(number))
    }
    try writer.flush()

    let groups = try readFlows([path]).grouped(by: .container)
    #expect(Set(groups.map { "\($0.label) \($0.flows)" }) == ["\(id) 2", "host 1"])
  }

  @Test func `of a conversation in several hands each process has the packets that were its own`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID()).pcapng").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    let interface = try writer.interface(namespace: "1", name: "eth0", linkType: .ethernet)
    let bytes = frame(1000)
    // One sends, gives the socket to another, and what comes back is for that one; for the first packet nobody is known.
    let owners: [(UInt32?, Direction)] = [
      (nil, .outbound), (10, .outbound), (20, .outbound), (10, .outbound), (20, .inbound), (20, .inbound),
    ]
    for (number, (pid, direction)) in owners.enumerated() {
      let info = FrameInfo(
        time: Instant(nanoseconds: 10 + Int64(number)), wireLength: bytes.count, linkType: .ethernet,
        interface: interface, direction: direction)
      let owner = pid.map {
        Owner(
          actor: actor($0), role: direction == .outbound ? .sender : .receiver, confidence: $0 == 10 ? .high : .medium,
          reason: "byte-range")
      }
      try writer.packet(
        info, RawSpan(_elements: bytes.span), owner: owner ?? .unattributed("no-socket"), id: UInt64(number))
    }
    try writer.flush()

    let report = try readFlows([path])
    #expect(report.rows.map(\.owner.actor?.process.pid) == [10])
    let groups = report.grouped(by: .process).map {
      "\($0.owner?.actor?.process.pid ?? 0): \($0.packetsOut) \($0.bytesOut) \($0.packetsIn) \($0.bytesIn)"
    }
    #expect(Set(groups) == ["0: 1 50 0 0", "10: 2 100 0 0", "20: 1 50 2 100"])
  }

  /// Headers of 14, 20 and 32 bytes, and 1,448 bytes of payload in a frame of an interface with an MTU of 1,500.
  @Test(arguments: [(1448, 0), (1449, 1), (2896, 1), (65_160, 44), (0, 0)])
  func `the parts of a large segment have the headers that it has`(payload: UInt32, more: Int64) {
    var layers = Layers(link: 1, wireLength: 66 + payload, capturedLength: 66)
    layers.transport = .tcp
    layers.networkOffset = 14
    layers.networkHeaderLength = 20
    layers.transportHeaderLength = 32
    layers.payloadLength = payload
    #expect(partsBeyond(layers, mtu: 1500) == FrameCount(packets: more, bytes: more * 66))
    #expect(partsBeyond(layers, mtu: 40) == FrameCount())
  }
}
