import Events

// What can be known of a process that does nothing: the article's `pfiles` and `mdb`.

extension Investigation {
  func idleEntries() -> [CaseReport.Entry] {
    let state = people[target]?.state
    let path = state.map { printable($0.path) } ?? ""
    var program: [String] = []
    if let state {
      program.append("executable \(path.isEmpty ? "none (a kernel thread)" : path)")
      if !state.digest.isEmpty { program.append("SHA-256 \(hexadecimal(state.digest))") }
      program.append("arguments: \(state.arguments.map(quoted).joined(separator: " "))")
      if !state.directory.isEmpty { program.append("working directory \(printable(state.directory))") }
      if let user = people[target]?.actor.user { program.append("user \(user)") }
    }
    return [
      entry("Which program is it?", program, from: state),
      entry("Was its executable deleted?", state?.isDeleted == true ? ["\(path) is no longer there"] : [], from: state),
      entry("Which libraries does it use?", state?.libraries.map(printable) ?? [], from: state),
      entry("Which files and sockets does it have open?", descriptors(of: target), from: state),
      entry("Who started it?", state?.ancestors.map { "\(printable($0.command))[\($0.pid)]" } ?? [], from: state),
    ]
  }

  private func entry(_ question: String, _ evidence: [String], from state: ProcessState?) -> CaseReport.Entry {
    if state == nil {
      return CaseReport.Entry(question: question, answer: .cannotTell, evidence: ["/proc was not looked at"])
    }
    return CaseReport.Entry(question: question, answer: evidence.isEmpty ? .no : .yes, evidence: evidence)
  }

  private func descriptors(of pid: UInt32) -> [String] {
    (people[pid]?.descriptors.values ?? [:].values).sorted { $0.number < $1.number }.map { descriptor in
      let access = descriptor.canRead ? descriptor.canWrite ? "read and write" : "read" : "write"
      let socket = descriptor.kind == .socket ? people[pid]?.sockets[descriptor.number]?.text(interface) : nil
      let place = descriptor.number < 0 ? "mapping" : "descriptor \(descriptor.number)"
      return "\(place): \(socket ?? printable(descriptor.path)) (\(access))"
    }
  }

  private func quoted(_ argument: [UInt8]) -> String {
    let text = printable(argument)
    return text.isEmpty || text.contains(" ") ? "'\(text)'" : text
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return bytes.reduce(into: "") { text, byte in
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }
}
