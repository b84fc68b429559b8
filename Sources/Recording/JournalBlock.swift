import Bytes
import Events

// Events as systemd Journal Export Blocks (0x9): lines `FIELD=value`, which Wireshark shows as rows of their own time.
// `CULPRIT_RAW` is the events themselves in base64 (EventCodec.swift); the other fields are for people.
// An entry with `CULPRIT_CARRIED` is what an earlier file of the same recording told: a reader that has seen any of that leaves it out.

enum JournalField {
  static let raw = Array("CULPRIT_RAW=".utf8)
  static let carried = Array("CULPRIT_CARRIED=".utf8)
}

extension ByteWriter {
  /// Appends the entry of a batch of events. `first`, `message`: its first event and what to say of them all.
  mutating func journal(
    _ first: Event, message: String, program: ProcessRecord?, isCarried: Bool = false, batch: [UInt8]
  ) {
    let actor = first.actor
    // The format's time is unsigned, in microseconds.
    text("__REALTIME_TIMESTAMP=\(max(0, first.time.nanoseconds) / 1000)\n")
    text("CULPRIT_TS_NS=\(first.time.nanoseconds)\n")
    text("MESSAGE=\(message)\n")
    text("_PID=\(actor.process.pid)\n_UID=\(actor.user)\n_GID=\(actor.group)\n")
    if !actor.command.isEmpty { text("_COMM=\(printable(actor.command))\n") }
    if let program {
      if !program.path.isEmpty { text("_EXE=\(printable(program.path))\n") }
      if !program.arguments.isEmpty { text("_CMDLINE=\(commandLine(program.arguments))\n") }
    }
    if isCarried { text("CULPRIT_CARRIED=1\n") }
    append(JournalField.raw)
    appendBase64(batch, to: &bytes)
    byte(UInt8(ascii: "\n"))
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
