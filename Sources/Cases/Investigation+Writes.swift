import Events

// What is written to descriptors that are no sockets: files, pipes, terminals.

extension Investigation {
  mutating func replaceDescriptors(of pid: UInt32, by descriptors: [DescriptorState]) {
    guard people[pid] != nil else { return }
    people[pid]?.descriptors = Dictionary(descriptors.map { ($0.number, $0) }) { _, last in last }
  }

  /// A file that was just opened; what kind it is, its path tells until its descriptors are looked at.
  mutating func opened(_ file: FileEvent, by pid: UInt32) {
    guard file.result >= 0, let number = Int32(exactly: file.result), people[pid] != nil else { return }
    let text = printable(file.path)
    let kind: DescriptorState.Kind = text.hasPrefix("/dev/") && !text.hasPrefix("/dev/shm/") ? .character : .regular
    people[pid]?.sockets[number] = nil
    people[pid]?.descriptors[number] = DescriptorState(
      number: number, kind: kind, flags: UInt32(truncatingIfNeeded: file.flags), inode: file.inode, path: file.path)
    guard file.inode != 0, file.flags & 3 != 1 else { return }
    guard fileReaders[file.inode] != nil || fileReaders.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    fileReaders[file.inode, default: []].insert(pid)
  }

  mutating func observe(_ call: CallEvent, by actor: Actor, at time: Instant) {
    let pid = actor.process.pid
    guard call.entry else {
      guard let waiting = pending.removeValue(forKey: actor.thread), let result = call.arguments.first else { return }
      let bytes = Int64(bitPattern: result)
      guard bytes > 0 else { return }
      guard writes[waiting.writing] != nil || writes.count < Self.mostRows else {
        forgotten &+= 1
        return
      }
      writes[waiting.writing, default: Outflow()].add(UInt64(bytes), at: time, hearing: hearing)
      return
    }
    if call.number == Self.close, let descriptor = call.descriptor(0) {
      people[pid]?.descriptors[descriptor] = nil
      people[pid]?.sockets[descriptor] = nil
    }
    guard let argument = Self.writing[call.number], let descriptor = call.descriptor(argument) else { return }
    guard let state = people[pid]?.descriptors[descriptor], state.kind != .socket else { return }
    guard pending.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    pending[actor.thread] = PendingWrite(
      pid: pid,
      writing: Writing(pid: pid, kind: state.kind, inode: state.inode, path: state.path, descriptor: descriptor))
  }

  /// x86-64's number of close(2).
  private static var close: UInt32 { 3 }

  /// x86-64's numbers of the calls that write, and which argument is the descriptor: write, pwrite64, writev, sendfile, splice,
  /// pwritev, copy_file_range, pwritev2.
  private static var writing: [UInt32: Int] { [1: 0, 18: 0, 20: 0, 40: 0, 275: 2, 296: 0, 326: 2, 328: 0] }
}

extension CallEvent {
  fileprivate func descriptor(_ argument: Int) -> Int32? {
    arguments.indices.contains(argument) ? Int32(truncatingIfNeeded: arguments[argument]) : nil
  }
}
