import Answers
import Bytes
import IR
import Testing

/// What pcap() records becomes an effect for whoever has the file, and the bytes of a capture file.
@Suite struct CapturedPacketTests {
  private let packet = CapturedPacket(
    time: 1_700_000_000_000_000_123, length: 60, linkType: 12, bytes: [0x45, 0, 0, 60])

  @Test func `a file begins with the magic of nanoseconds and the link type that files have for PCAP_IP`() {
    #expect(
      packet.fileHeader(snapLength: 1514) == [
        0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xea, 5, 0, 0, 101, 0, 0, 0,
      ])
  }

  @Test func `a record has the time, what is there, what was on the wire, and the bytes`() {
    #expect(packet.record == [0x00, 0xf1, 0x53, 0x65, 123, 0, 0, 0, 4, 0, 0, 0, 60, 0, 0, 0, 0x45, 0, 0, 60])
  }

  @Test func `no more is taken than was recorded, and nothing of an empty packet`() {
    func effects(captured: UInt64) -> [Effect.What] {
      var script = Script()
      script.probe()
      let word = RecordLayout.Field(.value(.integer(.word, signed: false)))
      script.clause([.init(.pcap, fields: [.int64, word, word, word, .init(.bytes(8))])])
      var printer = Printer(script.program, options: PrintOptions(quiet: true))
      printer.consume(
        script.record([[.number(5), .number(99), .number(Int64(captured)), .number(1), .bytes([1, 2, 3])]]))
      return printer.effects.map(\.what)
    }
    #expect(effects(captured: 0) == [])
    #expect(effects(captured: 3) == [.packet(.init(time: 5, length: 99, linkType: 1, bytes: [1, 2, 3]))])
    #expect(
      effects(captured: 9) == [.packet(.init(time: 5, length: 99, linkType: 1, bytes: [1, 2, 3, 0, 0, 0, 0, 0]))])
  }
}
