import Events
import Testing

@testable import Capture

/// What a namespace's routes make its own: the files of a 6.18, of a namespace with `ip route add local 10.205.0.0/24 dev lo`, the same of
/// fd00:9::/64, and an interface with 10.200.1.1/25.
struct LocalRoutesTests {
  private let trie = """
    Main:
      +-- 0.0.0.0/1 2 0 2
         |-- 10.200.1.0
            /25 link UNICAST
         |-- 10.205.0.0
            /24 host LOCAL
    Local:
      +-- 0.0.0.0/1 2 0 2
         |-- 10.200.1.1
            /32 host LOCAL
         |-- 10.200.1.127
            /32 link BROADCAST
         |-- 10.205.0.0
            /24 host LOCAL
               |-- 127.0.0.0
                  /8 host LOCAL

    """
  private let routes6 = """
    00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
    fd000009000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80000001       lo
    fd00020000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       vA

    """

  @Test func `networks that are local, each once, and broadcast addresses`() throws {
    let routes = LocalRoutes(trie: Array(trie.utf8), routes6: Array(routes6.utf8))
    let six = try #require(Address(text: "fd00:9::"))
    #expect(
      routes.prefixes == [
        AddressPrefix(Address(v4: 0x0acd_0000), 24), AddressPrefix(Address(v4: 0x7f00_0000), 8), AddressPrefix(six, 64),
      ])
    #expect(routes.broadcasts == [Address(v4: 0x0ac8_017f)])
  }

  @Test func `a prefix holds what begins as it does`() throws {
    let network = AddressPrefix(try #require(Address(text: "fd00:9::")), 65)
    let texts = ["fd00:9::1", "fd00:9::7fff:0:0:0", "fd00:9::8000:0:0:0", "fd00:8::1", "10.0.0.1"]
    #expect(try texts.map { network.contains(try #require(Address(text: $0))) } == [true, true, false, false, false])
    #expect(AddressPrefix(Address(v4: 0), 0).contains(Address(v4: 0xffff_ffff)))
    #expect(!AddressPrefix(Address(v4: 0x0a00_0001), 32).contains(Address(v4: 0x0a00_0002)))
  }

  @Test func `this machine's loopback network is its own`() throws {
    let own = Address(v4: 0x7f00_0001)
    #expect(LocalRoutes.current().prefixes.contains { $0.contains(own) })
    #expect(LocalRoutes(trie: [1, 2, 3], routes6: Array("x\n".utf8)) == LocalRoutes())
  }
}
