import Bytes
package import Events

extension Event {
  /// One line for people, without time and actor: `connect 10.0.0.1:443 fd=7 = 0`.
  package var text: String { line(what) }
}

/// One event as one line for people: `connect 10.0.0.1:443 fd=7 = 0`.
func line(_ what: Event.What) -> String {
  switch what {
  case .process(let event): line(event)
  case .socket(let event): line(event)
  case .file(let event):
    "open \(printable(event.path)) flags=0x\(String(event.flags, radix: 16)) = \(event.result)"
      + (event.readLate ? " (path read at return)" : "")
  case .call(let event):
    event.entry
      ? "system call \(event.number)(\(event.arguments.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")))"
      : "system call \(event.number) = \(Int64(bitPattern: event.arguments.first ?? 0))"
  case .stack(let frames): "stack " + frames.map { printable(Array($0.utf8)) }.joined(separator: " < ")
  case .loss(let stage, let count): "lost \(count) at \(printable(Array(stage.utf8)))"
  case .state(let state):
    "state " + program(state.path, state.arguments) + (state.isDeleted ? " (deleted)" : "")
      + " \(state.libraries.count) libraries"
  case .container(let path): "in " + printable(path)
  case .attachment(let attachment): line(attachment)
  case .resolvers(let addresses, let place):
    "set to ask \(addresses.map { "\($0)" }.joined(separator: " "))"
      + (place == 0 ? "" : " in mount namespace \(place)")
  case .descriptors(let all):
    "descriptors " + all.prefix(32).map { "\($0.number)=\(printable($0.path))" }.joined(separator: " ")
  }
}

private func line(_ event: ProcessEvent) -> String {
  switch event {
  case .create(let child): "fork = \(child.pid)"
  case .exec(let path, let arguments, _): "exec " + program(path, arguments)
  case .exit(let status):
    status & 0x7f == 0 ? "exit \(status >> 8 & 0xff)" : "killed by signal \(status & 0x7f)"
  case .found(let path, let arguments): "found running " + program(path, arguments)
  }
}

/// The path, then the arguments, each as one word.
private func program(_ path: [UInt8], _ arguments: [[UInt8]]) -> String {
  arguments.isEmpty ? printable(path) : printable(path) + ": " + commandLine(arguments)
}

private func line(_ event: AttachmentEvent) -> String {
  let program = "program \(event.program)" + (event.name.isEmpty ? "" : " " + printable(event.name))
  let place =
    event.interface == 0
    ? "" : " interface=\(event.interface)" + (event.path.isEmpty ? "" : " " + printable(event.path))
  return switch event.kind {
  case .load: "loaded \(program) type=\(event.type)"
  case .program: "attached \(program) as type \(event.type)" + place
  case .found: "found attached \(program) as type \(event.type)" + place
  case .heldProgram: "holds \(program) type=\(event.type)"
  case .heldBuffer: "holds buffer \(event.program) type=\(event.type)"
  case .heldNetfilter:
    "holds netfilter's \(event.type == AttachmentEvent.netfilterLog ? "log" : "queue") \(event.program)"
  case .promiscuous: "set to promiscuous mode" + (event.interface == 0 ? " " + printable(event.path) : place)
  case .probe:
    "uprobe at \(printable(event.path)):0x\(String(event.offset, radix: 16))"
      + (event.function.isEmpty ? "" : " " + printable(event.function)) + (event.isReturn ? " (return)" : "")
  }
}

private func line(_ event: SocketEvent) -> String {
  var writer = ByteWriter()
  writer.line(event)
  return String(decoding: writer.bytes, as: UTF8.self)
}

extension ByteWriter {
  /// What `line` says of an event. Of a socket's, which are most, without a string in between.
  mutating func line(_ what: Event.What) {
    if case .socket(let event) = what { line(event) } else { text(Recording.line(what)) }
  }

  fileprivate mutating func line(_ event: SocketEvent) {
    text(names[Int(event.action.rawValue)])
    if event.remote != .none {
      word(event.remote)
    } else if event.local != .none {
      word(event.local)
    }
    switch event.action {
    case .create: text(" family=\(event.family) type=\(event.type) protocol=\(event.proto)")
    case .state: text(" \(event.detail >> 8) -> \(event.detail & 0xff)")
    case .attachFilter: text(" \(event.filter.count / 8) instructions")
    case .membership: text(event.detail == 1 ? " promiscuous" : " kind=\(event.detail)")
    case .translated: text(" protocol=\(event.proto) from \(event.local)")
    case .transmitted: text(" \(event.result) bytes behind the link header")
    case .delivered: text(" \(event.result) bytes with the IP header")
    case .asked: text(" at \(event.local)")
    case .written: text(" from sequence number \(event.detail) on, after process \(event.peer)")
    case .relayed:
      text(
        " \(event.peer) bytes " + (event.descriptor == 1 ? "from" : "to")
          + " channel \(String(event.detail, radix: 16))")
    case .seen, .statistics: text(" \(event.frames) frames" + (event.hasRing ? " ring" : ""))
    default: break
    }
    if event.interface != 0 {
      text(" interface=")
      decimal(event.interface)
    }
    if event.descriptor >= 0 {
      text(" fd=")
      decimal(event.descriptor)
    }
    text(" = ")
    decimal(event.result)
  }

  private mutating func word(_ endpoint: Endpoint) {
    byte(UInt8(ascii: " "))
    guard endpoint.address.version == 4 else { return text(endpoint.description) }
    var shift: UInt64 = 32
    while shift > 0 {
      shift &-= 8
      decimal(endpoint.address.low >> shift & 255)
      byte(shift == 0 ? UInt8(ascii: ":") : UInt8(ascii: "."))
    }
    decimal(endpoint.port)
  }
}

/// What people read for an action, by its number: an enum's own words cost a look into the program's metadata each.
private let names: [String] = {
  var names = [String](repeating: "", count: 1 + Int(SocketEvent.Action.allCases.map(\.rawValue).max() ?? 0))
  for action in SocketEvent.Action.allCases { names[Int(action.rawValue)] = name(action) }
  return names
}()

private func name(_ action: SocketEvent.Action) -> String {
  switch action {
  case .create: "socket"
  case .attachFilter: "attach filter"
  case .setOption: "set option"
  case .found: "found open"
  case .seen: "seen"
  default: "\(action)"
  }
}
