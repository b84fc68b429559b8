import Bytes
import Events

// Whose a packet is as other programs write it into comments for people.
//
// ptcpdump, in one comment or several, a field a line:
//
//     PID: 99722
//     Cmd: /usr/bin/curl
//     Args: curl https://kernel.org
//     ThreadId: 99722      UserId: 1000      ParentPID: 18840      and others
//
// rustnet, fields with blanks between, and none within a value:
//
//     rustnet process=curl pid=4711 ppid=1 uid=1000 attr=exact-tuple direction=outgoing …
//
// rustnet's script for captures of others (scripts/pcap_enrich.py), parts that it does not know left out, and the name last with the blanks that are in it:
//
//     Loc:US City:New York ZIP:10001 AS15169 PID:4711 Process:Google Chrome
//
// What is cut ends with `...` in ptcpdump's; numbers that are none are left out.

/// The comments of one packet, read one after the other.
struct CommentOwner {
  private var actor = Actor(process: ProcessID(pid: 0, start: 0))
  private var reason: String?

  mutating func read(_ comment: [UInt8]) {
    if comment.starts(with: Self.rustnet) {
      for field in comment.split(separator: blank) { readRustnet(field) }
    } else {
      for line in comment.split(separator: UInt8(ascii: "\n")) where !readEnriched(line) { readPtcpdump(line) }
    }
  }

  /// Nil when none of the comments named a process.
  var owner: Owner? {
    guard let reason, actor.process.pid != 0 || !actor.command.isEmpty else { return nil }
    return Owner(actor: actor, role: .none, confidence: .low, reason: reason)
  }

  private static let rustnet = Array("rustnet ".utf8)

  private mutating func readRustnet(_ field: ArraySlice<UInt8>) {
    guard let (name, value) = halves(field, at: UInt8(ascii: "=")) else { return }
    switch name {
    case "process": actor.command = Array(value)
    case "pid": actor.process.pid = number(value) ?? 0
    case "ppid": actor.parent = number(value) ?? 0
    case "uid": actor.user = number(value) ?? 0
    case "attr":
      reason = "rustnet, \(printable(Array(value)))"
      return
    default: return
    }
    reason = reason ?? "rustnet"
  }

  /// Whether the line is one of rustnet's script: in ptcpdump's a blank follows each colon.
  private mutating func readEnriched(_ line: ArraySlice<UInt8>) -> Bool {
    var isRead = false
    for part in line.split(separator: blank) {
      if let value = value(of: "PID:", part), let pid = number(value) {
        actor.process.pid = pid
        isRead = true
      } else if value(of: "Process:", part) != nil {
        actor.command = Array(line[(part.startIndex + "Process:".utf8.count)...])
        isRead = true
        break
      }
    }
    if isRead { reason = "rustnet" }
    return isRead
  }

  /// What follows `name` at the beginning of a part; nil when nothing does.
  private func value(of name: String, _ part: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    part.count > name.utf8.count && part.starts(with: name.utf8) ? part.dropFirst(name.utf8.count) : nil
  }

  private mutating func readPtcpdump(_ line: ArraySlice<UInt8>) {
    guard let (name, value) = halves(line, at: UInt8(ascii: ":")) else { return }
    switch name {
    case "PID":
      guard let pid = number(value) else { return }
      actor.process.pid = pid
      reason = "ptcpdump"
    case "Cmd", "Command": actor.command = Array(value.split(separator: UInt8(ascii: "/")).last ?? [])
    case "ThreadId", "TID": actor.thread = number(value) ?? 0
    case "UserId": actor.user = number(value) ?? 0
    case "ParentPID": actor.parent = number(value) ?? 0
    default: return
    }
  }

  /// Name and value, without blanks around.
  private func halves(_ field: ArraySlice<UInt8>, at mark: UInt8) -> (String, ArraySlice<UInt8>)? {
    guard let place = field.firstIndex(of: mark) else { return nil }
    let name = field[..<place].drop { $0 == blank }
    return (String(decoding: name, as: UTF8.self), field[(place + 1)...].drop { $0 == blank })
  }

  private func number(_ digits: ArraySlice<UInt8>) -> UInt32? { UInt32(String(decoding: digits, as: UTF8.self)) }
}

private let blank = UInt8(ascii: " ")
