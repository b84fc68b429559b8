import CBPF
import Glibc

/// What tracefs tells of the kernel's trace events. It is read through a mount of its own that nobody else sees, so it need not be
/// mounted anywhere, and nothing is.
package struct TraceEvents: Sendable {
  private let root: SharedHandle

  private init(root: consuming FileHandle) { self.root = SharedHandle(root) }

  /// The running kernel's.
  package static func system() throws(SystemError) -> TraceEvents {
    TraceEvents(root: FileHandle(adopting: try check("fsmount(tracefs)", culprit_open_tracefs())))
  }

  /// One field of an event's record.
  package struct Field: Sendable, Hashable {
    /// As C declares it, without the name: `char[16]`, `unsigned long`, `__data_loc char[]`.
    package var type: String
    package var name: String
    package var offset: Int
    package var size: Int
    package var isSigned: Bool
  }

  /// Group and name of every event, in tracefs' order.
  package func names() throws(SystemError) -> [(group: String, name: String)] {
    let text = String(decoding: try read("available_events"), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }

  /// The number that perf_event_open(2) knows the event by.
  package func id(group: String, name: String) throws(SystemError) -> UInt64 {
    let text = String(decoding: try read("events/\(group)/\(name)/id"), as: UTF8.self)
    guard let id = UInt64(text.prefix { $0.isNumber }) else {
      throw SystemError(call: "read(\(group)/\(name)/id)", code: EINVAL)
    }
    return id
  }

  /// The fields of the event's record but for those that every event has.
  package func fields(group: String, name: String) throws(SystemError) -> [Field] {
    let text = String(decoding: try read("events/\(group)/\(name)/format"), as: UTF8.self)
    return text.split(separator: "\n").compactMap(Self.field).filter { !$0.name.hasPrefix("common_") }
  }

  /// `	field:char comm[16];	offset:8;	size:16;	signed:0;`
  private static func field(_ line: Substring) -> Field? {
    let trimmed = line.drop { $0 == "\t" || $0 == " " }
    guard trimmed.hasPrefix("field:") else { return nil }
    var values: [String: Int] = [:]
    let parts = trimmed.dropFirst(6).split(separator: ";")
    for part in parts.dropFirst() {
      let pair = part.drop { $0 == "\t" }.split(separator: ":")
      if pair.count == 2 { values[String(pair[0])] = Int(pair[1]) }
    }
    guard let declared = parts.first, let offset = values["offset"], let size = values["size"] else { return nil }
    let brackets = declared.firstIndex(of: "[").map { declared[$0...] } ?? ""
    let bare = declared.dropLast(brackets.count)
    guard let space = bare.lastIndex(of: " ") else { return nil }
    // An array's length may be an expression of the kernel's; its size says it as well.
    var type = bare[..<space].drop { $0 == " " }
    while type.last == " " { type = type.dropLast() }
    return Field(
      type: String(type) + String(brackets), name: String(bare[bare.index(after: space)...]), offset: offset,
      size: size,
      isSigned: values["signed"] == 1)
  }

  private func read(_ path: String) throws(SystemError) -> [UInt8] {
    // Safe: the path is a C string for the call.
    let raw = unsafe culprit_open_at(root.handle.raw, path)
    return try FileHandle(adopting: try check("open(tracefs \(path))", raw)).readAll(limit: 4 << 20, chunk: 4096)
  }
}
