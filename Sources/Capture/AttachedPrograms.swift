import Bytes
import Glibc

/// A BPF program that is given the frames of an interface.
package struct AttachedProgram: Sendable, Hashable {
  /// Where: XDP's is before the network stack, tc's filters are behind and before the driver.
  package enum Place: Sendable, Hashable { case xdp, ingress, egress }
  package var place: Place
  /// The interface's number, and the program's.
  package var interface: UInt32
  package var program: UInt32

  package init(_ place: Place, interface: UInt32, program: UInt32) {
    self.place = place
    self.interface = interface
    self.program = program
  }
}

extension AttachedProgram: Comparable {
  package static func < (one: AttachedProgram, other: AttachedProgram) -> Bool {
    (one.interface, one.program) < (other.interface, other.program)
  }
}

/// What rtnetlink(7) tells of the programs of a network namespace.
package struct AttachedPrograms: Sendable {
  package var programs: Set<AttachedProgram> = []
  /// Of the interfaces.
  package var names: [UInt32: String] = [:]
  /// What tc calls its filters' programs, by their numbers.
  package var filterNames: [UInt32: [UInt8]] = [:]
  /// Interfaces whose filters can be asked for: those with a clsact or an ingress discipline.
  package var hooked: [UInt32] = []

  package init() {}

  /// Those of the thread's network namespace, however they were attached; nil where the kernel does not say.
  package static func ofThisNamespace() -> AttachedPrograms? {
    let socket = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    defer { close(socket) }
    var found = AttachedPrograms()
    guard dump(socket, Message.getLink, [UInt8](repeating: 0, count: 16), { found.takeLink($0) }),
      dump(socket, Message.getDiscipline, tc(0, 0), { found.takeDiscipline($0) })
    else { return nil }
    for interface in found.hooked {
      for (place, parent) in [(AttachedProgram.Place.ingress, ingress), (.egress, egress)] {
        _ = dump(socket, Message.getFilter, tc(interface, parent)) { found.takeFilter($0, place) }
      }
    }
    return found
  }

  /// TC_H_CLSACT with TC_H_MIN_INGRESS and TC_H_MIN_EGRESS of linux/pkt_sched.h.
  private static let ingress: UInt32 = 0xffff_fff2
  private static let egress: UInt32 = 0xffff_fff3

  private enum Message {
    static let getLink: UInt16 = 18
    static let getDiscipline: UInt16 = 38
    static let getFilter: UInt16 = 46
  }

  /// `struct tcmsg`: family, interface, handle, parent, info.
  private static func tc(_ interface: UInt32, _ parent: UInt32) -> [UInt8] {
    var writer = ByteWriter()
    for value in [0, interface, 0, parent, 0] { writer.littleEndian(value) }
    return writer.bytes
  }

  /// Asks for all there is of a kind, and gives each answer without its header. The kernel answers while it is asked: nothing is waited for.
  private static func dump(_ socket: CInt, _ type: UInt16, _ body: [UInt8], _ take: (RawSpan) -> Void) -> Bool {
    var writer = ByteWriter()
    writer.littleEndian(UInt32(16 + body.count))
    writer.littleEndian(type)
    // NLM_F_REQUEST, NLM_F_DUMP.
    writer.littleEndian(UInt16(0x301))
    writer.littleEndian(UInt64(0))
    writer.append(body)
    let request = writer.bytes
    // Safe: the kernel reads no more than the request's own bytes, for the call.
    guard unsafe send(socket, request, request.count, 0) == request.count else { return false }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // Safe: the kernel writes no more than the buffer's own count.
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe recv(socket, bytes.baseAddress!, bytes.count, Int32(MSG_DONTWAIT))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      let isMore = messages(RawSpan(_elements: buffer.span).extracting(0..<count), take)
      if let isMore, !isMore { return true }
      if isMore == nil { return false }
    }
  }
}

/// Gives each message behind its header (`struct nlmsghdr`: length, type, flags, sequence, port).
/// - Returns: whether more will come; nil when the kernel refused.
func messages(_ bytes: RawSpan, _ take: (RawSpan) -> Void) -> Bool? {
  var start = 0
  while bytes.byteCount - start >= 16 {
    let length = Int(bytes.littleEndian(UInt32.self, at: start))
    guard length >= 16, length <= bytes.byteCount - start else { return nil }
    switch bytes.littleEndian(UInt16.self, at: start + 4) {
    // NLMSG_ERROR, NLMSG_DONE.
    case 2: return nil
    case 3: return false
    default: take(bytes.extracting(start + 16..<start + length))
    }
    start += (length + 3) & ~3
  }
  return true
}

/// Gives each attribute of what begins at `start` (`struct rtattr`: length, type).
func attributes(_ bytes: RawSpan, from start: Int = 0, _ take: (UInt16, RawSpan) -> Void) {
  var start = start
  while bytes.byteCount - start >= 4 {
    let length = Int(bytes.littleEndian(UInt16.self, at: start))
    guard length >= 4, length <= bytes.byteCount - start else { return }
    // Above them NLA_F_NESTED and NLA_F_NET_BYTEORDER.
    take(bytes.littleEndian(UInt16.self, at: start + 2) & 0x3fff, bytes.extracting(start + 4..<start + length))
    start += (length + 3) & ~3
  }
}

extension AttachedPrograms {
  /// The same of answers that are at hand, whole messages one after the other.
  package mutating func take(links bytes: [UInt8]) {
    _ = messages(RawSpan(_elements: bytes.span)) { takeLink($0) }
  }
  package mutating func take(disciplines bytes: [UInt8]) {
    _ = messages(RawSpan(_elements: bytes.span)) { takeDiscipline($0) }
  }
  package mutating func take(filters bytes: [UInt8], _ place: AttachedProgram.Place) {
    _ = messages(RawSpan(_elements: bytes.span)) { takeFilter($0, place) }
  }

  /// RTM_NEWLINK: `struct ifinfomsg`, then IFLA_IFNAME 3, IFLA_XDP 43 with IFLA_XDP_PROG_ID 4 and those of each mode, 5 to 7.
  mutating func takeLink(_ message: RawSpan) {
    guard message.byteCount >= 16 else { return }
    let interface = message.littleEndian(UInt32.self, at: 4)
    attributes(message, from: 16) { type, value in
      if type == 3 { names[interface] = String(decoding: value.text(at: 0, limit: value.byteCount), as: UTF8.self) }
      guard type == 43 else { return }
      attributes(value) { type, value in
        guard (4...7).contains(type), value.byteCount >= 4 else { return }
        let program = value.littleEndian(UInt32.self, at: 0)
        if program != 0 { programs.insert(AttachedProgram(.xdp, interface: interface, program: program)) }
      }
    }
  }

  /// RTM_NEWQDISC: `struct tcmsg`, then TCA_KIND 1.
  mutating func takeDiscipline(_ message: RawSpan) {
    guard message.byteCount >= 20 else { return }
    let interface = message.littleEndian(UInt32.self, at: 4)
    attributes(message, from: 20) { type, value in
      guard type == 1 else { return }
      let kind = value.text(at: 0, limit: value.byteCount)
      if kind == Array("clsact".utf8) || kind == Array("ingress".utf8) { hooked.append(interface) }
    }
  }

  /// RTM_NEWTFILTER: `struct tcmsg`, then TCA_KIND 1, TCA_OPTIONS 2; of `bpf` they hold TCA_BPF_NAME 7 and TCA_BPF_ID 11.
  mutating func takeFilter(_ message: RawSpan, _ place: AttachedProgram.Place) {
    guard message.byteCount >= 20 else { return }
    let interface = message.littleEndian(UInt32.self, at: 4)
    var isProgram = false
    attributes(message, from: 20) { type, value in
      if type == 1 { isProgram = value.text(at: 0, limit: value.byteCount) == Array("bpf".utf8) }
      guard type == 2, isProgram else { return }
      var program: UInt32 = 0
      var name: [UInt8] = []
      attributes(value) { type, value in
        if type == 7 { name = value.text(at: 0, limit: value.byteCount) }
        if type == 11, value.byteCount >= 4 { program = value.littleEndian(UInt32.self, at: 0) }
      }
      guard program != 0 else { return }
      programs.insert(AttachedProgram(place, interface: interface, program: program))
      filterNames[program] = name
    }
  }
}
