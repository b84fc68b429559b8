import Bytes
import Events

// Events as systemd Journal Export Blocks (0x9): lines `FIELD=value`, which Wireshark shows as rows of their own time.
// `CULPRIT_RAW` is the events themselves in base64 (EventCodec.swift); the other fields are for people.
// An entry with `CULPRIT_CARRIED` is what an earlier file of the same recording told: a reader that has seen any of that leaves it out.

enum JournalField {
  static let raw = Array("CULPRIT_RAW=".utf8)
  static let carried = Array("CULPRIT_CARRIED=".utf8)
  fileprivate static let time = Array("__REALTIME_TIMESTAMP=".utf8)
  fileprivate static let nanoseconds = Array("CULPRIT_TS_NS=".utf8)
  fileprivate static let message = Array("MESSAGE=".utf8)
  fileprivate static let process = Array("_PID=".utf8)
  fileprivate static let user = Array("_UID=".utf8)
  fileprivate static let group = Array("_GID=".utf8)
}

extension ByteWriter {
  /// Appends the entry of a batch of events: its first event, and what is said before it in the message.
  mutating func journal(
    _ first: Event, preface: String, program: ProcessRecord?, _ names: inout JournalNames, isCarried: Bool = false,
    batch: [UInt8]
  ) {
    let actor = first.actor
    // The format's time is unsigned, in microseconds.
    field(JournalField.time, max(0, first.time.nanoseconds) / 1000)
    field(JournalField.nanoseconds, first.time.nanoseconds)
    append(JournalField.message)
    if !preface.isEmpty { text(preface) }
    line(first.what)
    byte(UInt8(ascii: "\n"))
    field(JournalField.process, actor.process.pid)
    field(JournalField.user, actor.user)
    field(JournalField.group, actor.group)
    append(names.text(of: actor, program))
    if isCarried { text("CULPRIT_CARRIED=1\n") }
    append(JournalField.raw)
    appendBase64(batch, to: &bytes)
    byte(UInt8(ascii: "\n"))
  }

  private mutating func field(_ name: [UInt8], _ value: some FixedWidthInteger) {
    append(name)
    decimal(value)
    byte(UInt8(ascii: "\n"))
  }
}

/// The fields that name a process, kept from one entry to the next, which is mostly about the same.
struct JournalNames: Sendable {
  private var command: [UInt8] = []
  private var program: ProcessRecord?
  private var fields: [UInt8] = []

  mutating func text(of actor: Actor, _ program: ProcessRecord?) -> [UInt8] {
    // Arrays that are one and the same are equal without being compared.
    let isSame =
      command == actor.command && self.program?.path == program?.path && self.program?.arguments == program?.arguments
    if isSame { return fields }
    (command, self.program) = (actor.command, program)
    var writer = ByteWriter()
    if !command.isEmpty { writer.text("_COMM=\(printable(command))\n") }
    if let program {
      if !program.path.isEmpty { writer.text("_EXE=\(printable(program.path))\n") }
      if !program.arguments.isEmpty { writer.text("_CMDLINE=\(commandLine(program.arguments))\n") }
    }
    fields = writer.bytes
    return fields
  }
}

extension RecordingReader {
  /// The first event of a journal block, the others waiting; nil when it is somebody else's entry.
  mutating func journal() -> Item? {
    guard let text = field(JournalField.raw) else { return nil }
    if field(JournalField.carried) == nil {
      hasBegun = true
    } else if hasBegun || packetCount > 0 {
      return nil
    }
    guard let batch = Bytes.bytes(base64: text), let decoder = try? EventDecoder(batch) else {
      damagedRecords += 1
      return nil
    }
    waiting = decoder
    return nextEvent().map { .event($0) }
  }

  /// The next event of the current block; nil when there are no more that can be read.
  mutating func nextEvent() -> Event? {
    do throws(EventCodecError) {
      while let found = try waiting?.next() {
        if case .event(let event) = found { return event }
        damagedRecords += 1
      }
    } catch {
      damagedRecords += 1
    }
    waiting = nil
    return nil
  }

  /// The value of a field of the current block; `name` with its `=`.
  private func field(_ name: [UInt8]) -> [UInt8]? {
    let entry = record.extracting(8..<recordLength - 4)
    var start = 0
    while start < entry.byteCount {
      var end = start
      while end < entry.byteCount, entry.byte(at: end) != UInt8(ascii: "\n") { end += 1 }
      if begins(entry, at: start, with: name) { return entry.copy(start + name.count..<end) }
      start = end + 1
    }
    return nil
  }

  private func begins(_ bytes: RawSpan, at start: Int, with prefix: [UInt8]) -> Bool {
    guard bytes.byteCount - start >= prefix.count else { return false }
    return prefix.indices.allSatisfy { bytes.byte(at: start + $0) == prefix[$0] }
  }
}
