import Events
import Processes
import Session
import Testing

/// What is read out of texts: whom a machine asks for names, and what somebody writes to tracefs to make a probe.
@Suite struct SurroundingsTests {
  @Test func `name servers are those of resolv.conf, each once, without their zone`() {
    let text = """
      # made by somebody
      search example.org
      nameserver 10.0.0.1
      nameserver\tfe80::1%eth0
      nameserver 10.0.0.1
      nameservers 10.0.0.2
      nameserver resolver.example.org
      options edns0
      """
    #expect(nameServers(text) == [Address(v4: 0x0a00_0001), Address(v6High: 0xfe80_0000_0000_0000, low: 1)])
    #expect(nameServers("") == [])
  }

  /// As Documentation/trace/uprobetracer.rst has them.
  @Test(arguments: [
    ("p:probe_libssl/SSL_read /usr/lib/libssl.so.3:0x35430 fd=%di", "/usr/lib/libssl.so.3", 0x35430, false),
    ("r /bin/bash:0x4245c0", "/bin/bash", 0x4245c0, true),
    ("# nothing\n  p /bin/bash:4096%return\n", "/bin/bash", 4096, true),
    ("p:a/b /tmp/a:b:0x10(0x20) +0(%ip):u8", "/tmp/a:b", 0x10, false),
  ])
  func `a probe's definition says in which file and where`(text: String, path: String, offset: UInt64, isReturn: Bool) {
    let probe = definedProbe(Array(text.utf8))
    #expect(probe?.path == Array(path.utf8))
    #expect(probe?.offset == offset)
    #expect(probe?.isReturn == isReturn)
  }

  @Test(arguments: ["", "-:probe_libssl/SSL_read", "p:alone", "p /bin/bash", "x /bin/bash:0x1"])
  func `what defines no probe is none`(text: String) { #expect(definedProbe(Array(text.utf8)) == nil) }
}
