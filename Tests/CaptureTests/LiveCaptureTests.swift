import Bytes
import Capture
import Events
import Glibc
import Testing

/// On loopback and a pair of our own, inside namespaces of our own.
@Suite(.enabled(if: canCaptureLive, "live capture needs root, ip and python3"), .serialized)
struct LiveCaptureTests {
  struct Caught {
    var info: FrameInfo
    var bytes: [UInt8]
    /// The destination port, of an IPv4 packet without options after `header` bytes; 0 when it is not UDP.
    func port(after header: Int) -> Int {
      guard bytes.count >= header + 28, bytes[header] == 0x45, bytes[header + 9] == 17 else { return 0 }
      return Int(bytes[header + 22]) << 8 | Int(bytes[header + 23])
    }
  }

  /// What the capture gives until `count` packets satisfy `condition`, or nothing comes for ten seconds.
  func collect(_ capture: inout LiveCapture, _ count: Int, where condition: (Caught) -> Bool) throws -> [Caught] {
    var wanted: [Caught] = []
    while wanted.count < count {
      let found = try capture.drain(7, interface: 3) { info, bytes in
        let caught = Caught(info: info, bytes: bytes.copy(0..<bytes.byteCount))
        if condition(caught) { wanted.append(caught) }
      }
      if found == 0, !waits(capture.descriptor) { break }
    }
    return wanted
  }

  func options(_ namespace: Namespace, filter: String = "") -> CaptureOptions {
    var options = CaptureOptions()
    options.namespace = namespace.path
    options.filter = filter
    return options
  }

  @Test func `every datagram on loopback is caught once with its bytes and a time to the nanosecond`() throws {
    let namespace = try Namespace()
    defer { namespace.remove() }
    var capture = try LiveCapture(interface: "lo", options: options(namespace))
    #expect(capture.linkType == .ethernet)
    let sizes = (0..<200).map { $0 * 7 }
    let before = now()
    try namespace.send(sizes, to: "127.0.0.1", port: 4711)
    let found = try collect(&capture, sizes.count) { $0.port(after: 14) == 4711 }
    #expect(found.map { $0.info.wireLength } == sizes.map { 42 + $0 })
    #expect(found.allSatisfy { $0.bytes.count == $0.info.wireLength && $0.info.interface == 3 })
    #expect(found.allSatisfy { $0.info.time.nanoseconds >= before && $0.info.time.nanoseconds <= now() })
    #expect(found.contains { $0.info.time.nanoseconds % 1000 != 0 })
    let statistics = try capture.statistics()
    #expect(statistics.received >= 200)
    #expect(statistics.dropped == 0)
    #expect(statistics.interfaceDropped == nil)
    #expect(capture.delivered >= 200)
  }

  @Test func `a filter keeps what it refuses away, and the snap length cuts`() throws {
    let namespace = try Namespace()
    defer { namespace.remove() }
    var settings = options(namespace, filter: "udp dst port 4712")
    settings.snapLength = 60
    var capture = try LiveCapture(interface: "lo", options: settings)
    try namespace.send([100, 100], to: "127.0.0.1", port: 4711)
    try namespace.send([1, 100, 1400], to: "127.0.0.1", port: 4712)
    let found = try collect(&capture, 3) { _ in true }
    #expect(found.map { $0.port(after: 14) } == [4712, 4712, 4712])
    #expect(found.map { $0.info.wireLength } == [43, 142, 1442])
    #expect(found.map { $0.bytes.count } == [43, 60, 60])
  }

  @Test func `any is captured as LINUX_SLL2 with the direction of each packet`() throws {
    let (near, far) = try pair()
    defer { for namespace in [near, far] { namespace.remove() } }
    var capture = try LiveCapture(interface: "any", options: options(near, filter: "udp"))
    #expect(capture.linkType == .linuxCooked2)
    try near.send([10, 20], to: "10.231.7.2", port: 4713)
    try far.send([30, 40], to: "10.231.7.1", port: 4714)
    let found = try collect(&capture, 4) { [4713, 4714].contains($0.port(after: 20)) }
    #expect(found.map { $0.info.direction } == [.outbound, .outbound, .inbound, .inbound])
  }

  @Test func `on Ethernet the direction is told by the interface's own address`() throws {
    let (near, far) = try pair()
    defer { for namespace in [near, far] { namespace.remove() } }
    var here = try LiveCapture(interface: "veth0", options: options(near, filter: "udp"))
    var there = try LiveCapture(interface: "veth0", options: options(far, filter: "udp"))
    try near.send([10, 20, 30], to: "10.231.7.2", port: 4713)
    let sent = try collect(&here, 3) { $0.port(after: 14) == 4713 }
    let received = try collect(&there, 3) { $0.port(after: 14) == 4713 }
    #expect(sent.map { $0.info.direction } == [.outbound, .outbound, .outbound])
    #expect(received.map { $0.info.direction } == [.inbound, .inbound, .inbound])
    #expect(sent.map(\.bytes) == received.map(\.bytes))
  }

  /// Two namespaces with `veth0` in each, 10.231.7.1 and 10.231.7.2.
  func pair() throws -> (Namespace, Namespace) {
    let (near, far) = (try Namespace(), try Namespace())
    try run("ip", "-n", near.name, "link", "add", "veth0", "type", "veth", "peer", "name", "veth0", "netns", far.name)
    for (namespace, address) in [(near, "10.231.7.1/24"), (far, "10.231.7.2/24")] {
      try run("ip", "-n", namespace.name, "address", "add", address, "dev", "veth0")
      try run("ip", "-n", namespace.name, "link", "set", "veth0", "up")
    }
    return (near, far)
  }

  @Test func `the interfaces of another namespace are its own, and the thread comes back`() throws {
    let before = try namespaceOfThread()
    let (near, far) = try pair()
    defer { for namespace in [near, far] { namespace.remove() } }
    let interfaces = try captureInterfaces(namespace: near.path)
    #expect(Set(interfaces.map(\.name)).isSuperset(of: ["lo", "veth0", "any"]))
    let loopback = try #require(interfaces.first { $0.name == "lo" })
    #expect(loopback.isLoopback && loopback.isUp)
    _ = try LiveCapture(interface: "veth0", options: options(near))
    #expect(throws: CaptureError.self) { _ = try LiveCapture(interface: "nosuch0", options: options(near)) }
    #expect(try namespaceOfThread() == before)
  }

  @Test func `an interface that is not there, or not up, is named`() throws {
    let namespace = try Namespace()
    defer { namespace.remove() }
    try run("ip", "-n", namespace.name, "link", "set", "lo", "down")
    #expect(throwsCase("noSuchInterface") { _ = try LiveCapture(interface: "nosuch0", options: options(namespace)) })
    #expect(throwsCase("notUp") { _ = try LiveCapture(interface: "lo", options: options(namespace)) })
    #expect(
      throwsCase("filter") { _ = try LiveCapture(interface: "any", options: options(namespace, filter: "prot 1")) })
    var settings = CaptureOptions()
    settings.namespace = "/run/netns/recording-nosuch"
    #expect(throwsCase("namespace") { _ = try LiveCapture(interface: "lo", options: settings) })
    settings.namespace = "/etc/passwd"
    #expect(throwsCase("namespace") { _ = try LiveCapture(interface: "lo", options: settings) })
  }

  func throwsCase(_ name: String, _ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch {
      return error is CaptureError && Mirror(reflecting: error).children.first?.label == name
    }
  }

  @Test func `an interface that goes away ends the capture with an error that names it`() throws {
    let (near, far) = try pair()
    defer { for namespace in [near, far] { namespace.remove() } }
    var capture = try LiveCapture(interface: "veth0", options: options(near, filter: "udp port 9"))
    try run("ip", "-n", far.name, "link", "delete", "veth0")
    var words = ""
    while words.isEmpty, waits(capture.descriptor) {
      do {
        _ = try capture.drain(10) { _, _ in }
      } catch {
        guard case .read(let interface, let said) = error else { throw error }
        #expect(interface == "veth0")
        words = said
      }
    }
    #expect(!words.isEmpty)
  }

  @Test func `without the privilege the error is a case of its own`() async {
    await #expect(processExitsWith: .success) {
      guard setuid(65534) == 0 else { exit(2) }
      do throws(CaptureError) {
        _ = try LiveCapture(interface: "lo")
        exit(3)
      } catch {
        guard case .permission(interface: "lo", _) = error else { exit(4) }
        exit(0)
      }
    }
  }
}

private func now() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

private func namespaceOfThread() throws -> UInt64 {
  var status = stat()
  unsafe #expect(stat("/proc/thread-self/ns/net", &status) == 0)
  return UInt64(status.st_ino)
}
