import Bytes
import Events
import Recording

/// A moment in 2023, and nanoseconds after it.
func instant(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: 1_700_000_000_123_456_789 + nanoseconds) }

let sniffer = Actor(
  process: ProcessID(pid: 4711, start: 98_765_432_109), thread: 4712, parent: 1, user: 1000, group: 100,
  command: Array("srg".utf8))

/// A name made to break whatever prints it: a newline, a field, an escape sequence, no UTF-8, a backslash.
let hostileName: [UInt8] = Array("a\nMESSAGE=x\u{1b}[2J\\ \u{202e}".utf8) + [0xff, 0xc3]

let hostile = Actor(
  process: ProcessID(pid: .max, start: .max), thread: .max, parent: .max, user: .max, group: .max, command: hostileName)

/// Ethernet, IPv4, UDP with `count` bytes.
func datagram(_ count: Int, port: UInt16 = 4000) -> [UInt8] {
  var writer = ByteWriter()
  writer.append([0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 8, 0])
  writer.append([0x45, 0])
  writer.bigEndian(UInt16(28 + count))
  writer.append([0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2])
  writer.bigEndian(port)
  writer.bigEndian(UInt16(9))
  writer.bigEndian(UInt16(8 + count))
  writer.bigEndian(UInt16(0))
  writer.append((0..<count).map { UInt8(truncatingIfNeeded: $0) })
  return writer.bytes
}

func frame(_ nanoseconds: Int64, _ bytes: [UInt8], interface: Int = 0, direction: Direction = .outbound) -> FrameInfo {
  FrameInfo(
    time: instant(nanoseconds), wireLength: bytes.count, linkType: .ethernet, interface: interface, direction: direction
  )
}

let v4 = Endpoint(Address(v4: 0x0a00_0001), 443)
let v6 = Endpoint(Address(v6High: 0x2001_0db8_0000_0000, low: 1), 65535)
/// An address that no initializer makes.
let odd: Endpoint = {
  var address = Address(v6High: 7, low: .max)
  address.version = 4
  return Endpoint(address, 1)
}()

/// One event of every kind, with the values at the edges.
let everyEvent: [Event] = {
  let socket = SocketID(cookie: 0x1234_5678_9abc, namespace: .max)
  var whats: [Event.What] = [
    .process(.create(child: ProcessID(pid: 4713, start: 99))),
    .process(.exec(path: Array("/usr/bin/srg".utf8), arguments: ["srg", "-i", "eth 0", ""].map { Array($0.utf8) })),
    .process(
      .exec(
        path: hostileName, arguments: [hostileName, []],
        standard: StandardChannels(input: .max, output: 0xffff_8881_53ec_b401))),
    .process(.exit(status: 9)), .process(.exit(status: .min)), .process(.exit(status: 256)),
    .process(.found(path: [], arguments: [])),
    .file(FileEvent(path: Array("/etc/passwd".utf8), flags: .max, result: -2, readLate: true)),
    .file(FileEvent(path: hostileName, flags: 0, result: .max)),
    .call(CallEvent(number: 257, entry: true, arguments: [.max, 0, 1, 0x7fff_0000_0000, 127, 128])),
    .call(CallEvent(number: 257, entry: false, arguments: [UInt64(bitPattern: -2)])),
    .call(CallEvent(number: .max, entry: true, arguments: [])),
    .stack(["srg'scan+0x40", "srg'main+0x1", "a\nb"]), .stack([]),
    .container(Array("/system.slice/docker-0.scope".utf8)), .container([0xff, 0]),
    .resolvers([v4.address, v6.address, odd.address], place: .max), .resolvers([], place: 0),
    .loss(stage: "ring", count: .max), .loss(stage: "", count: 0),
  ]
  for (index, action) in SocketEvent.Action.allCases.enumerated() {
    let ends = [Endpoint.none, v4, v6, odd]
    whats.append(
      .socket(
        SocketEvent(
          action: action, socket: socket, address: 0xffff_8880_0000_1000, family: 17, type: 3, proto: 3,
          local: ends[index % 4], remote: ends[(index + 1) % 4], descriptor: index % 2 == 0 ? 7 : -1,
          result: index % 3 == 0 ? -115 : .max, interface: .max, detail: .max,
          filter: action == .attachFilter ? Array(0..<64) : [])))
  }
  for kind in AttachmentEvent.Kind.allCases {
    var attachment = AttachmentEvent(kind)
    whats.append(.attachment(attachment))
    (attachment.type, attachment.program, attachment.interface) = (.max, .max, .max)
    (attachment.name, attachment.path, attachment.function) = (Array("tap".utf8), hostileName, Array("SSL_read".utf8))
    (attachment.offset, attachment.isReturn, attachment.process) = (.max, true, .min)
    whats.append(.attachment(attachment))
  }
  var events: [Event] = []
  for (index, what) in whats.enumerated() {
    for actor in [sniffer, hostile] {
      events.append(Event(time: instant(Int64(index) * 1000), cpu: UInt32(index), actor: actor, what: what))
    }
  }
  events.append(Event(time: Instant(nanoseconds: .min), cpu: .max, actor: sniffer, what: .stack(["first"])))
  events.append(Event(time: Instant(nanoseconds: .max), cpu: 0, actor: sniffer, what: .stack(["last"])))
  return events
}()

/// Owners of every role and confidence, with and without their halves.
let everyOwner: [Owner] = {
  let socket = SocketID(cookie: 77, namespace: 4_026_531_840)
  let roles: [Owner.Role] = [.creator, .binder, .acceptor, .connector, .holder, .sender, .receiver]
  let confidences: [Owner.Confidence] = [.low, .medium, .high]
  var owners = roles.enumerated().map { index, role in
    Owner(
      actor: index % 3 == 2 ? hostile : sniffer, socket: index % 2 == 0 ? socket : nil, role: role,
      confidence: confidences[index % 3], reason: "sock_send_length")
  }
  owners.append(Owner(actor: nil, socket: socket, role: .kernel, confidence: .high, reason: "reset"))
  owners.append(.unattributed("forwarded"))
  owners.append(.unattributed("ünbekannt\n"))
  return owners
}()

/// What was given to a writer, as `Contents` would show it.
struct Given {
  var owners: [Owner?] = []
  var frames: [FrameInfo] = []
  var bytes: [[UInt8]] = []
  var events: [Event] = []
}

/// A recording with two interfaces, every event, every owner, and many system calls.
func writeSample(_ path: String, packets: Int = 60) throws -> Given {
  var given = Given()
  var writer = try RecordingWriter(path: path, linkType: .ethernet, system: "Linux test")
  let near = try writer.interface(namespace: "host", name: "eth0", linkType: .ethernet, snapLength: 262_144)
  let far = try writer.interface(namespace: "recording-1", name: "lo", linkType: .ethernet)
  for index in 0..<packets {
    let time = Int64(index) * 1_000_000
    let bytes = datagram(index * 3)
    let info = frame(
      time, bytes, interface: index % 5 == 0 ? far : near, direction: index % 2 == 0 ? .outbound : .inbound)
    let owner = index % 7 == 6 ? nil : everyOwner[index % everyOwner.count]
    try writer.packet(info, RawSpan(_elements: bytes.span), owner: owner, id: UInt64(index) + 1)
    given.frames.append(info)
    given.bytes.append(bytes)
    given.owners.append(owner)
    guard index < everyEvent.count else { continue }
    var event = everyEvent[index]
    event.time = instant(time + 1)
    try writer.event(event)
    given.events.append(event)
    guard index % 10 == 0 else { continue }
    for call in 0..<700 {
      let what = Event.What.call(
        CallEvent(number: UInt32(call % 300), entry: call % 2 == 0, arguments: [UInt64(call), 0x7ffc_1234_5678]))
      let event = Event(
        time: instant(time + 2 + Int64(call)), cpu: 1, actor: call % 3 == 0 ? hostile : sniffer, what: what)
      try writer.event(event)
      given.events.append(event)
    }
  }
  let end = instant(Int64(packets) * 1_000_000)
  try writer.finish(
    at: end,
    statistics: [
      InterfaceStatistics(
        interface: near, time: end, received: 100, interfaceDropped: 1, systemDropped: 2, delivered: UInt64(packets)),
      InterfaceStatistics(interface: far, time: end, received: 5),
    ], losses: [("ring", 0), ("pcap", 2)])
  let losses: [(String, UInt64)] = [
    ("host/eth0 interface", 1), ("host/eth0 kernel", 2), ("ring", 0), ("pcap", 2),
  ]
  for (stage, count) in losses {
    given.events.append(
      Event(time: end, actor: Actor(process: ProcessID(pid: 0, start: 0)), what: .loss(stage: stage, count: count)))
  }
  return given
}
