import Events
import Testing

/// Addresses as people write them in files.
struct AddressReadingTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("::1", "::1"), ("2001:DB8::7", "2001:db8::7"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("fe80::", "fe80::"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
  ])
  func `an address is read, and written in one way`(text: String, written: String) throws {
    #expect(try #require(Address(text: text)).description == written)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.+4", "1.2.3.4 ", ":", ":::", "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3", "1:2:3:4:5:6:7:8::", "12345::", "::g", "::1%lo", "1.2.3.4::", "::1.2.3", "host",
  ])
  func `what is no address is none`(text: String) { #expect(Address(text: text) == nil) }

  @Test(arguments: [
    ("10.1.0.0/16", "10.1.255.7", "10.2.0.0"), ("0.0.0.0/0", "255.0.0.1", "::"), ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
    ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"),
    ("2001:db8::4:0/110", "2001:db8::7:ffff", "2001:db8::8:0"),
    ("::/0", "::1", "127.0.0.1"),
  ])
  func `a block has the addresses that begin like it`(block: String, inside: String, outside: String) throws {
    let block = try #require(AddressBlock(text: block))
    #expect(block.contains(try #require(Address(text: inside))))
    #expect(!block.contains(try #require(Address(text: outside))))
  }

  @Test(arguments: ["10.1.0.1/16", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::1/64", "/8"])
  func `a block whose address has more than its bits is none`(text: String) { #expect(AddressBlock(text: text) == nil) }
}
