import CaptureFiles
import Correlation
import Dissection
import Events
import Foundation
import Testing

/// A connection as a list of segments: who sends, which flags, from which number, how many bytes, what is acknowledged, when.
struct Wire {
  private(set) var table = FlowTable(seed: 1)
  private(set) var connections = TCPConversations()
  /// Milliseconds.
  var time: Int64 = 0

  /// A segment from client to server, or with `back` the other way; `after` is how many milliseconds after the one before.
  mutating func send(
    _ flags: String, _ sequence: UInt32, _ length: UInt32 = 0, ack: UInt32? = nil, back: Bool = false, after: Int64 = 1
  ) {
    time += after
    var layers = Layers(link: 1, wireLength: 66 + length, capturedLength: 66)
    layers.version = 4
    layers.proto = 6
    layers.transport = .tcp
    (layers.sourceLow, layers.sourcePort) = back ? (2, 80) : (1, 40000)
    (layers.destinationLow, layers.destinationPort) = back ? (1, 40000) : (2, 80)
    layers.transportOffset = 34
    layers.transportHeaderLength = 32
    layers.payloadOffset = 66
    layers.payloadLength = length
    layers.sequence = sequence
    layers.acknowledgment = ack ?? 0
    for (letter, bit) in [("F", 1), ("S", 2), ("R", 4)] where flags.contains(letter) { layers.tcpFlags |= UInt16(bit) }
    if ack != nil { layers.tcpFlags |= 16 }
    let moment = Instant(nanoseconds: time * 1_000_000)
    if let recorded = table.record(layers, at: moment) { connections.record(layers, recorded, at: moment) }
  }

  /// SYN, SYN-ACK after 20 ms, acknowledgment after 3 more; the ends' first numbers are 1,000 and 5,000.
  mutating func connect() {
    send("S", 999)
    send("S", 4999, ack: 1000, back: true, after: 20)
    send("", 1000, ack: 5000, after: 3)
  }

  var connection: TCPConversation? { connections[0] }
  var client: TCPEnd? { connection?.source }
  var server: TCPEnd? { connection?.destination }
}

struct TCPConversationTests {
  // MARK: States

  struct Story: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var state: ConnectionState
    var outcome: ConnectionOutcome
    var play: @Sendable (inout Wire) -> Void
  }

  static let stories: [Story] = [
    Story(testDescription: "a SYN alone", state: .synSent, outcome: .unanswered) { $0.send("S", 9) },
    Story(testDescription: "a SYN and its answer", state: .synReceived, outcome: .unanswered) {
      $0.send("S", 9)
      $0.send("S", 99, ack: 10, back: true)
    },
    Story(testDescription: "established", state: .established, outcome: .open) { $0.connect() },
    Story(testDescription: "refused", state: .closed, outcome: .rejected) {
      $0.send("S", 9)
      $0.send("R", 0, ack: 10, back: true)
    },
    Story(testDescription: "given up before an answer", state: .closed, outcome: .resetUnanswered) {
      $0.send("S", 9)
      $0.send("R", 10)
    },
    Story(testDescription: "a scan that closes what it never opened", state: .finWait, outcome: .closedUnanswered) {
      $0.send("S", 9)
      $0.send("F", 10)
    },
    Story(testDescription: "the client has closed", state: .finWait, outcome: .halfClosedByOriginator) {
      $0.connect()
      $0.send("F", 1000, ack: 5000)
    },
    Story(testDescription: "and the server has heard", state: .closeWait, outcome: .halfClosedByOriginator) {
      $0.connect()
      $0.send("F", 1000, ack: 5000)
      $0.send("", 5000, ack: 1001, back: true)
    },
    Story(testDescription: "the server has closed", state: .finWait, outcome: .halfClosedByResponder) {
      $0.connect()
      $0.send("F", 5000, ack: 1000, back: true)
    },
    Story(testDescription: "both have closed, one has heard", state: .lastAcknowledgment, outcome: .closed) {
      $0.connect()
      $0.send("F", 1000, ack: 5000)
      $0.send("F", 5000, ack: 1001, back: true)
    },
    Story(
      testDescription: "both have closed and heard; a late reset changes nothing", state: .timeWait, outcome: .closed
    ) {
      $0.connect()
      $0.send("F", 1000, ack: 5000)
      $0.send("F", 5000, ack: 1001, back: true)
      $0.send("", 1001, ack: 5001)
      $0.send("R", 5001, back: true)
    },
    Story(testDescription: "reset by the client", state: .closed, outcome: .resetByOriginator) {
      $0.connect()
      $0.send("R", 1000, ack: 5000)
      $0.send("R", 5000, back: true)
    },
    Story(testDescription: "reset by the server", state: .closed, outcome: .resetByResponder) {
      $0.connect()
      $0.send("R", 5000, ack: 1000, back: true)
    },
    Story(testDescription: "an answer to nothing that was seen", state: .synReceived, outcome: .other) {
      $0.send("S", 9, ack: 10, back: true)
    },
    Story(testDescription: "the same, reset", state: .closed, outcome: .resetAnswer) {
      $0.send("S", 9, ack: 10, back: true)
      $0.send("R", 10, back: true)
    },
    Story(testDescription: "older than the capture", state: .established, outcome: .other) {
      $0.send("", 9, 100, ack: 10, back: true)
    },
  ]

  @Test(arguments: stories)
  func `a connection's state is conntrack's word, and how it went is Zeek's`(story: Story) throws {
    var wire = Wire()
    story.play(&wire)
    let connection = try #require(wire.connection)
    #expect(connection.state == story.state)
    #expect(connection.outcome == story.outcome)
  }

  @Test func `a new connection between the same ports begins anew, and what was counted stays`() throws {
    var wire = Wire()
    wire.connect()
    wire.send("", 1000, 100, ack: 5000)
    wire.send("", 1000, 100, ack: 5000, after: 300)
    wire.send("R", 1100)
    wire.send("S", 700_000)
    #expect(wire.connection?.state == .synSent)
    wire.send("S", 3, ack: 700_001, back: true, after: 8)
    wire.send("", 700_001, ack: 4, after: 2)
    let connection = try #require(wire.connection)
    #expect(connection.state == .established && connection.initialRTT == 10_000_000)
    #expect(connection.retransmissions == 1 && connection.source.reordered == 0)
  }

  // MARK: Times

  @Test func `the handshake is measured to both ends, segments to the one that acknowledges`() throws {
    var wire = Wire()
    wire.connect()
    wire.send("", 1000, 500, ack: 5000)
    wire.send("", 1500, 500, ack: 5000, after: 2)
    wire.send("", 5000, ack: 2000, back: true, after: 28)
    wire.send("", 5000, 100, ack: 2000, back: true)
    wire.send("", 2000, ack: 5100, after: 1)
    #expect(wire.connection?.initialRTT == 23_000_000 && wire.connection?.rtt == 23_000_000)
    let (client, server) = try (#require(wire.client), #require(wire.server))
    // SYN and the segment: 20 and 30 ms; SYN-ACK and the answer: 3 and 1 ms.
    #expect(client.leastRTT == 20_000_000 && client.smoothedRTT == 21_250_000)
    #expect(server.leastRTT == 1_000_000 && server.smoothedRTT == 2_750_000)
  }

  @Test func `nothing is measured by a segment that was sent twice`() throws {
    var wire = Wire()
    wire.connect()
    wire.send("", 1000, 500, ack: 5000)
    wire.send("", 1000, 500, ack: 5000, after: 200)
    wire.send("", 5000, ack: 1500, back: true, after: 1)
    #expect(wire.client?.leastRTT == 20_000_000 && wire.client?.smoothedRTT == 20_000_000)
    #expect(wire.client?.retransmissions == 1 && wire.client?.retransmittedBytes == 500)
  }

  // MARK: Numbers

  @Test func `a segment that falls into a hole was overtaken when it comes soon, and sent again when it comes late`() {
    for (late, reordered, retransmissions) in [(1, UInt32(1), UInt32(0)), (25, 0, 1)] {
      var wire = Wire()
      wire.connect()
      wire.send("", 5000, 100, ack: 1000, back: true)
      wire.send("", 5300, 100, ack: 1000, back: true)
      wire.send("", 5200, 100, ack: 1000, back: true, after: Int64(late))
      #expect(wire.server?.reordered == reordered && wire.server?.retransmissions == retransmissions)
      wire.send("", 5100, 100, ack: 1000, back: true, after: 0)
      // And once more what has come by now.
      wire.send("", 5200, 100, ack: 1000, back: true, after: 0)
      #expect(wire.server?.reordered == reordered * 2 && wire.server?.retransmissions == retransmissions * 2 + 1)
    }
  }

  @Test func `keep-alives, probes of a closed window and resets are no retransmissions`() {
    var wire = Wire()
    wire.connect()
    wire.send("", 1000, 10, ack: 5000)
    wire.send("", 1009, ack: 5000, after: 1000)
    wire.send("", 1009, 1, ack: 5000, after: 1000)
    wire.send("", 1009, 50, ack: 5000)
    wire.send("R", 1000)
    #expect(wire.client?.retransmissions == 0 && wire.client?.reordered == 0)
  }

  @Test func `numbers go round`() {
    var wire = Wire()
    wire.send("", .max - 99, 100, ack: 1)
    wire.send("", 0, 100, ack: 1)
    wire.send("", 100, 100, ack: 1)
    #expect(wire.client?.retransmissions == 0)
    wire.send("", .max - 99, 100, ack: 1, after: 50)
    #expect(wire.client?.retransmissions == 1)
  }

  @Test func `holes are forgotten when they are too many, and that is counted`() {
    var wire = Wire()
    wire.connect()
    for number in 1...1000 { wire.send("", 1000 + UInt32(number) * 200, 100, ack: 5000, after: 0) }
    #expect(wire.connections.forgottenHoles > 900)
    // An old one counts as seen, the newest is still known.
    wire.send("", 1100, 100, ack: 5000, after: 0)
    #expect(wire.client?.retransmissions == 1)
    wire.send("", 1000 + 999 * 200 + 100, 100, ack: 5000, after: 0)
    #expect(wire.client?.reordered == 1 && wire.client?.retransmissions == 1)
    // What is acknowledged has come somewhere, if not here.
    wire.send("", 5000, ack: 1000 + 1001 * 200, back: true, after: 0)
    wire.send("", 1000 + 998 * 200 + 100, 100, ack: 5000, after: 0)
    #expect(wire.client?.retransmissions == 2)
  }

  @Test func `a random run of segments neither traps nor loses count of what was sent twice`() {
    var random = SplitMix(state: 5)
    var wire = Wire()
    for _ in 0..<50_000 {
      let flags = random.next() % 50 == 0 ? ["S", "F", "R", "SF"][Int(random.next() % 4)] : ""
      wire.send(
        flags, UInt32(truncatingIfNeeded: random.next() % 20_000), UInt32(random.next() % 1500),
        ack: random.next() % 8 == 0 ? nil : UInt32(random.next() % 20_000), back: random.next() & 1 == 0, after: 0)
    }
    let again = wire.connection.map {
      $0.retransmissions + UInt64($0.source.reordered) + UInt64($0.destination.reordered)
    }
    #expect((again ?? 0) > 1000 && (again ?? 0) < 50_000)
  }

  // MARK: Captures

  /// By the sender's port: segments that it sent again, and that were late.
  private func counts(_ name: String) throws -> [UInt16: [UInt32]] {
    let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../captures")
    let file = try #require(try CaptureFile(captures.appendingPathComponent(name)))
    var table = FlowTable(seed: 1)
    var connections = TCPConversations()
    for frame in file.frames {
      let layers = dissect(RawSpan(_elements: frame.bytes.span), link: frame.link, wireLength: frame.wireLength)
      guard let recorded = table.record(layers, at: frame.time) else { continue }
      connections.record(layers, recorded, at: frame.time)
    }
    var found: [UInt16: [UInt32]] = [:]
    for index in 0..<table.count {
      let sender = try #require(connections[index]?.source)
      found[table[index].key.source.port] = [sender.retransmissions, sender.reordered]
    }
    return found
  }

  @Test func `at the sender's end the retransmissions are those that its kernel counted`() throws {
    #expect(try counts("tcp-loss-sender.pcap") == [41012: [5, 0], 41022: [4, 0], 41026: [10, 0]])
  }

  /// tshark 4.0 has as many of both together: 10, 8 and 11. Of what was sent again some was lost once more.
  @Test func `at the receiver's end what was overtaken is told from what was sent again`() throws {
    #expect(try counts("tcp-loss-receiver.pcap") == [41012: [5, 5], 41022: [3, 4], 41026: [7, 4]])
  }
}
