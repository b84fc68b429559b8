import Events
import Reports
import Testing

/// Known answers: those of the specification's repository, and for the rest those of its Python implementation, communityid 1.5.0.
struct CommunityIDTests {
  struct Answer: Sendable, CustomTestStringConvertible {
    var source: Endpoint
    var destination: Endpoint
    var proto: UInt8
    var icmp: (type: UInt8, code: UInt8)?
    var id: String
    var testDescription: String { id }

    init(
      _ source: Address, _ sourcePort: UInt16, _ destination: Address, _ destinationPort: UInt16, _ proto: UInt8,
      icmp: (UInt8, UInt8)? = nil, _ id: String
    ) {
      self.source = Endpoint(source, sourcePort)
      self.destination = Endpoint(destination, destinationPort)
      self.proto = proto
      self.icmp = icmp
      self.id = id
    }
  }

  private static func v4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Address {
    Address(v4: a << 24 | b << 16 | c << 8 | d)
  }
  private static func v6(_ low: UInt64) -> Address { Address(v6High: 0xfe80_0000_0000_0000, low: low) }

  static let answers = [
    Answer(v4(128, 232, 110, 120), 34855, v4(66, 35, 250, 204), 80, 6, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    Answer(v4(192, 168, 1, 52), 54585, v4(8, 8, 8, 8), 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
    Answer(v4(192, 168, 170, 8), 7, v4(192, 168, 170, 56), 80, 132, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="),
    Answer(v4(192, 168, 0, 89), 0, v4(192, 168, 0, 1), 0, 1, icmp: (8, 0), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    Answer(v4(192, 168, 0, 1), 0, v4(192, 168, 0, 89), 0, 1, icmp: (0, 0), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    Answer(v4(10, 0, 0, 9), 0, v4(10, 0, 0, 1), 0, 1, icmp: (3, 1), "1:FutSOBs/xBc7wkuFbYH/sZyfZw8="),
    Answer(v4(10, 0, 0, 1), 0, v4(10, 0, 0, 9), 0, 1, icmp: (3, 1), "1:RccclMw84o6RNTZIu2Ch2WkkE+0="),
    Answer(v6(1), 0, v6(2), 0, 58, icmp: (135, 0), "1:7IIPGNVAHI2udmsuJVpA3RMOAqc="),
    Answer(v6(2), 0, v6(1), 0, 58, icmp: (136, 0), "1:7IIPGNVAHI2udmsuJVpA3RMOAqc="),
    Answer(v6(1), 5000, v6(2), 443, 6, "1:CTnp9l3EZmmr1JxMAIaScbHJ3cI="),
    Answer(v4(10, 1, 24, 60), 0, v4(10, 1, 12, 1), 0, 47, "1:LUI4AOdXrMba7x7MLzEYL0RzkZ4="),
  ]

  @Test(arguments: answers)
  func `a conversation has the id that others give it`(answer: Answer) {
    let key = FlowKey(source: answer.source, destination: answer.destination, proto: answer.proto)
    #expect(communityID(key, icmp: answer.icmp) == answer.id)
    // Whichever way its packets go; of ICMP the kind tells the way.
    if answer.icmp == nil { #expect(communityID(key.reversed) == answer.id) }
  }

  @Test func `a seed makes other ids`() {
    let first = Self.answers[0]
    let key = FlowKey(source: first.source, destination: first.destination, proto: 6)
    #expect(communityID(key, seed: 1) == "1:3V71V58M3Ksw/yuFALMcW0LAHvc=")
  }
}
