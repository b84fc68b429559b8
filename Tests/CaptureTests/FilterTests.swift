import Bytes
import Capture
import Events
import Testing

/// Ethernet, IPv4 127.0.0.1 to 127.0.0.2, UDP 4000 to 53, four bytes.
let query: [UInt8] =
  [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 8, 0]
  + [0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2]
  + [0x0f, 0xa0, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4]

struct FilterTests {
  func info(_ linkType: LinkType, _ length: Int) -> FrameInfo {
    FrameInfo(time: Instant(nanoseconds: 0), wireLength: length, linkType: linkType)
  }

  @Test(arguments: [
    ("udp port 53", true), ("tcp", false), ("src host 127.0.0.1 and dst port 53", true), ("src host 127.0.0.2", false),
    ("ether src 00:00:00:00:00:01", true), ("greater 46", true), ("greater 47", false), ("", true),
  ])
  func `a filter accepts what its words say`(text: String, accepted: Bool) throws {
    var filter = try Filter(text, linkType: .ethernet)
    #expect(try filter.matches(info(.ethernet, query.count), RawSpan(_elements: query.span)) == accepted)
  }

  @Test func `a packet of another link type is read as that type`() throws {
    var filter = try Filter("udp dst port 53", linkType: .ethernet)
    let bare = Array(query[14...])
    for _ in 0..<2 {
      #expect(try filter.matches(info(.raw, bare.count), RawSpan(_elements: bare.span)))
      #expect(try !filter.matches(info(.ethernet, bare.count), RawSpan(_elements: bare.span)))
      let cooked = [0, 4, 0, 1, 0, 6, 0, 0, 0, 0, 0, 1, 0, 0, 8, 0] + bare
      #expect(try filter.matches(info(.linuxCooked, cooked.count), RawSpan(_elements: cooked.span)))
    }
  }

  @Test func `a cut packet and no bytes at all are refused quietly`() throws {
    var filter = try Filter("udp port 53", linkType: .ethernet)
    for count in 0..<36 {
      let cut = Array(query.prefix(count))
      #expect(try !filter.matches(info(.ethernet, query.count), RawSpan(_elements: cut.span)))
    }
  }

  @Test(arguments: ["port", "tcp port 99999", "host 1.2.3.4 and", "bogus words", "ether host 1.2"])
  func `a filter that is not libpcap's language is refused with its words`(text: String) throws {
    do {
      _ = try Filter(text, linkType: .ethernet)
      Issue.record("\(text) was accepted")
    } catch .filter(let given, let linkType, let words) {
      #expect(given == text)
      #expect(linkType == .ethernet)
      #expect(!words.isEmpty)
    }
  }

  @Test func `a filter that means nothing on a link type says so for that type`() throws {
    #expect(throws: CaptureError.self) { _ = try Filter("ether host 00:00:00:00:00:01", linkType: .raw) }
    var filter = try Filter("ether src 00:00:00:00:00:01", linkType: .ethernet)
    do {
      _ = try filter.matches(info(.raw, 20), RawSpan(_elements: query.span))
      Issue.record("accepted")
    } catch {
      guard case .filter(_, let linkType, _) = error else { throw error }
      #expect(linkType == .raw)
    }
  }
}
