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
  case .descriptors(let all):
    "descriptors " + all.prefix(32).map { "\($0.number)=\(printable($0.path))" }.joined(separator: " ")
  }
}

private func line(_ event: ProcessEvent) -> String {
  switch event {
  case .create(let child): "fork = \(child.pid)"
  case .exec(let path, let arguments): "exec " + program(path, arguments)
  case .exit(let status):
    status & 0x7f == 0 ? "exit \(status >> 8 & 0xff)" : "killed by signal \(status & 0x7f)"
  case .found(let path, let arguments): "found running " + program(path, arguments)
  }
}

/// The path, then the arguments, each as one word.
private func program(_ path: [UInt8], _ arguments: [[UInt8]]) -> String {
  arguments.isEmpty ? printable(path) : printable(path) + ": " + commandLine(arguments)
}

/// The arguments with a space between; those that have spaces themselves, or nothing, in quotes.
func commandLine(_ arguments: [[UInt8]]) -> String {
  arguments.map { argument in
    let text = printable(argument)
    return text.isEmpty || text.contains(" ") ? "'\(text)'" : text
  }.joined(separator: " ")
}

private func line(_ event: SocketEvent) -> String {
  var words = [name(event.action)]
  if event.remote != .none {
    words.append(event.remote.description)
  } else if event.local != .none {
    words.append(event.local.description)
  }
  switch event.action {
  case .create: words.append("family=\(event.family) type=\(event.type) protocol=\(event.proto)")
  case .state: words.append("\(event.detail >> 8) -> \(event.detail & 0xff)")
  case .attachFilter: words.append("\(event.filter.count / 8) instructions")
  case .membership: words.append(event.detail == 1 ? "promiscuous" : "kind=\(event.detail)")
  case .translated: words.append("protocol=\(event.proto) from \(event.local)")
  case .transmitted: words.append("\(event.result) bytes behind the link header")
  case .delivered: words.append("\(event.result) bytes with the IP header")
  case .asked: words.append("at \(event.local)")
  case .written: words.append("from sequence number \(event.detail) on, after process \(event.peer)")
  case .seen: words.append("\(event.frames) frames" + (event.hasRing ? " ring" : ""))
  default: break
  }
  if event.interface != 0 { words.append("interface=\(event.interface)") }
  if event.descriptor >= 0 { words.append("fd=\(event.descriptor)") }
  return words.joined(separator: " ") + " = \(event.result)"
}

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
