import Bytes
package import Events

// The owner of a packet as a custom option (2989) of its Enhanced Packet Block, under `EnterpriseNumber.culprit`;
// little-endian in every section, as whoever copies the option cannot know what to swap. Version 1:
//
//      0  mark u8 u8 ("Cu"), version u8 (1), what follows u8 (bits below)
//      4  role u8, confidence u8 (0 none to 3 high)
//      6  reason: length u16, then UTF-8
//         bit 0: pid u32, thread u32, start u64 (nanoseconds of CLOCK_BOOTTIME; 0 unknown)
//         bit 1: socket cookie u64, network namespace cookie u64
//         bit 2: parent u32, user u32, group u32, command: length u8, then bytes. With bit 0 and without bit 2 the
//                process is as the latest process block of this pid and start says, which recordings of before 2026-12 rely on.
//
// The name stands here too since whoever filters packets (tshark -Y … -w) drops the process blocks.
// The pid stands here and in option 8, because Wireshark up to 4.4 drops option 8 when it copies a packet.

enum OwnerField {
  static let version: UInt8 = 1
  static let actor: UInt8 = 1
  static let socket: UInt8 = 2
  static let details: UInt8 = 4
  /// The longest reason that is kept, in bytes.
  static let longestReason = 1024
}

private let roles: [Owner.Role] = [
  .none, .creator, .binder, .acceptor, .connector, .holder, .sender, .receiver, .kernel,
]
private let confidences: [Owner.Confidence] = [.none, .low, .medium, .high]

extension ByteWriter {
  /// Appends the option's value after its enterprise number.
  mutating func owner(_ owner: Owner) {
    append(EnterpriseNumber.ownerMark)
    byte(OwnerField.version)
    var follows: UInt8 = 0
    if owner.actor != nil { follows |= OwnerField.actor | OwnerField.details }
    if owner.socket != nil { follows |= OwnerField.socket }
    byte(follows)
    byte(UInt8(roles.firstIndex(of: owner.role) ?? 0))
    byte(UInt8(confidences.firstIndex(of: owner.confidence) ?? 0))
    // Cut between scalars, so that what is read is a prefix of what was said.
    var reason = owner.reason[...]
    while reason.utf8.count > OwnerField.longestReason { reason.unicodeScalars.removeLast() }
    littleEndian(UInt16(reason.utf8.count))
    append(reason.utf8)
    if let actor = owner.actor {
      littleEndian(actor.process.pid)
      littleEndian(actor.thread)
      littleEndian(actor.process.start)
    }
    if let socket = owner.socket {
      littleEndian(socket.cookie)
      littleEndian(socket.namespace)
    }
    guard let actor = owner.actor else { return }
    littleEndian(actor.parent)
    littleEndian(actor.user)
    littleEndian(actor.group)
    byte(UInt8(min(actor.command.count, 255)))
    append(actor.command.prefix(255))
  }
}

/// How sure the owner is that the option's value after its enterprise number stands for; nil when the value is not ours, or damaged.
private func decodeConfidence(_ bytes: RawSpan) -> Owner.Confidence? {
  guard bytes.byteCount >= 8, bytes.byte(at: 0) == EnterpriseNumber.ownerMark[0],
    bytes.byte(at: 1) == EnterpriseNumber.ownerMark[1], bytes.byte(at: 2) == OwnerField.version
  else { return nil }
  let confidence = Int(bytes.byte(at: 5))
  return confidence < confidences.count ? confidences[confidence] : nil
}

/// The process and the role that the option's value names; nil when it names none, or is damaged.
private func decodeProcess(_ bytes: RawSpan) -> (process: ProcessID, role: Owner.Role)? {
  let role = Int(bytes.byte(at: 4))
  let index = 8 + Int(bytes.littleEndian(UInt16.self, at: 6))
  guard role < roles.count, bytes.byte(at: 3) & OwnerField.actor != 0, index <= bytes.byteCount,
    bytes.byteCount - index >= 16
  else { return nil }
  let start = bytes.littleEndian(UInt64.self, at: index + 8)
  return (ProcessID(pid: bytes.littleEndian(UInt32.self, at: index), start: start), roles[role])
}

/// The owner that the option's value after its enterprise number stands for, with `process` saying what is known of a
/// process; nil when the value is not ours, or damaged.
func decodeOwner(_ bytes: RawSpan, process: (ProcessID) -> ProcessRecord?) -> Owner? {
  guard let confidence = decodeConfidence(bytes) else { return nil }
  let count = bytes.byteCount
  let follows = bytes.byte(at: 3)
  let role = Int(bytes.byte(at: 4))
  guard role < roles.count else { return nil }
  var index = 8 + Int(bytes.littleEndian(UInt16.self, at: 6))
  guard index <= count else { return nil }
  var owner = Owner(
    actor: nil, role: roles[role], confidence: confidence,
    reason: String(decoding: bytes.copy(8..<index), as: UTF8.self))
  if follows & OwnerField.actor != 0 {
    guard count - index >= 16 else { return nil }
    let id = ProcessID(
      pid: bytes.littleEndian(UInt32.self, at: index), start: bytes.littleEndian(UInt64.self, at: index + 8))
    let thread = bytes.littleEndian(UInt32.self, at: index + 4)
    let known = follows & OwnerField.details == 0 ? process(id) : nil
    owner.actor = known?.actor(thread: thread) ?? Actor(process: id, thread: thread)
    index += 16
  }
  if follows & OwnerField.socket != 0 {
    guard count - index >= 16 else { return nil }
    owner.socket = SocketID(
      cookie: bytes.littleEndian(UInt64.self, at: index), namespace: bytes.littleEndian(UInt64.self, at: index + 8))
    index += 16
  }
  if follows & OwnerField.details != 0 {
    guard count - index >= 13, count - index - 13 >= Int(bytes.byte(at: index + 12)) else { return nil }
    owner.actor?.parent = bytes.littleEndian(UInt32.self, at: index)
    owner.actor?.user = bytes.littleEndian(UInt32.self, at: index + 4)
    owner.actor?.group = bytes.littleEndian(UInt32.self, at: index + 8)
    owner.actor?.command = bytes.copy(index + 13..<index + 13 + Int(bytes.byte(at: index + 12)))
  }
  return owner
}

extension RecordingReader {
  /// The owner of the packet that `next()` answered last: ours, or what another program wrote; nil when the file does not say.
  package var owner: Owner? { find(surerThan: nil) }

  /// The same, but nil when it is no surer than `known`: most packets say what the packet before them said, and to hear so costs no
  /// allocation. Nothing changes; a reader that is only borrowed is copied for the call.
  package mutating func owner(surerThan known: Owner.Confidence?) -> Owner? { find(surerThan: known) }

  private func find(surerThan known: Owner.Confidence?) -> Owner? {
    let own: Owner?? = ownOption { option in
      if let known, let confidence = decodeConfidence(option), confidence <= known { return .some(nil) }
      return decodeOwner(option, process: { processes[$0] }).map { .some($0) }
    }
    if let own { return own }
    // What others say is of low confidence: how they know is not written there.
    if let known, known >= .low { return nil }
    return othersOwner
  }

  /// Which process owns the packet that `next()` answered last, and how, where our own option names one: this costs no allocation.
  package var ownerProcess: (process: ProcessID, role: Owner.Role)? {
    ownOption { option in decodeConfidence(option) == nil ? nil : decodeProcess(option) }
  }

  /// What is read of the packet's own options of ours, each behind its enterprise number: the first answer that is not nil.
  @inline(__always)
  private func ownOption<Value>(_ read: (RawSpan) -> Value?) -> Value? {
    guard !optionRange.isEmpty, case .pcapng(let section) = format else { return nil }
    let bytes = record.extracting(optionRange)
    var options = OptionList(bytes, swapped: section.swapped)
    while let (code, value) = options.next() {
      guard code == OptionCode.customBytes, value.count >= 4,
        bytes.integer(UInt32.self, at: value.lowerBound, swapped: section.swapped) == EnterpriseNumber.culprit
      else { continue }
      if let found = read(bytes.extracting(value.lowerBound + 4..<value.upperBound)) { return found }
    }
    return nil
  }

  /// `epb_packetid` of the packet that `next()` answered last; nil when the file does not say.
  package var packetID: UInt64? {
    guard !optionRange.isEmpty, case .pcapng(let section) = format else { return nil }
    let bytes = record.extracting(optionRange)
    var options = OptionList(bytes, swapped: section.swapped)
    while let (code, value) = options.next() {
      if code == OptionCode.epbPacketID { return bytes.value(UInt64.self, value, swapped: section.swapped) }
    }
    return nil
  }
}
