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
      if let result = call.arguments.first { duplicated(by: actor, as: Int64(bitPattern: result)) }
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
    if let other = call.descriptor(0), other > 0 {
      if call.number == Self.readingMemory { noteReader(pid, ofMemoryOf: UInt32(other)) }
      if call.number == Self.writingMemory { noteReader(UInt32(other), ofMemoryOf: pid) }
    }
    duplicates[actor.thread] = nil
    if Self.duplicating.contains(call.number), call.number != Self.fcntl || Self.isDuplication(call),
      duplicates.count < Self.mostRows, let old = call.descriptor(0)
    {
      duplicates[actor.thread] = old
    }
    if call.number == Self.close, let descriptor = call.descriptor(0) {
      people[pid]?.descriptors[descriptor] = nil
      people[pid]?.sockets[descriptor] = nil
    }
    if Self.reading.contains(call.number), let descriptor = call.descriptor(0),
      people[pid]?.sockets[descriptor]?.type == 3
    {
      for (address, sniffer) in sniffers where sniffer.holders[pid] == descriptor { sniffers[address]?.ask() }
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

  private mutating func noteReader(_ pid: UInt32, ofMemoryOf other: UInt32) {
    guard memoryReaders[other] != nil || memoryReaders.count < Self.mostRows,
      memoryReaders[other]?.count ?? 0 < Self.mostPeople
    else {
      forgotten &+= 1
      return
    }
    memoryReaders[other, default: []].insert(pid)
  }

  /// x86-64's number of process_vm_readv(2).
  private static var readingMemory: UInt32 { 310 }
  /// Of process_vm_writev(2).
  private static var writingMemory: UInt32 { 311 }

  /// A descriptor leads where another one does from now on: a shell's child has its output so before anybody looks.
  private mutating func duplicated(by actor: Actor, as result: Int64) {
    let pid = actor.process.pid
    guard let old = duplicates.removeValue(forKey: actor.thread), let new = Int32(exactly: result), new >= 0, new != old
    else { return }
    guard var person = people[pid] else { return }
    person.sockets[new] = person.sockets[old]
    person.descriptors[new] = person.descriptors[old]
    person.descriptors[new]?.number = new
    people[pid] = person
  }

  private static func isDuplication(_ call: CallEvent) -> Bool {
    // F_DUPFD and F_DUPFD_CLOEXEC.
    call.arguments.indices.contains(1) && [0, 1030].contains(call.arguments[1])
  }

  /// x86-64's numbers of dup, dup2, fcntl and dup3.
  private static var duplicating: Set<UInt32> { [32, 33, fcntl, 292] }
  private static var fcntl: UInt32 { 72 }

  /// x86-64's number of close(2).
  private static var close: UInt32 { 3 }

  /// x86-64's numbers of the calls that read from a socket: read, readv, recvfrom, recvmsg, recvmmsg.
  private static var reading: Set<UInt32> { [0, 19, 45, 47, 299] }

  /// x86-64's numbers of the calls that write, and which argument is the descriptor: write, pwrite64, writev, sendfile, splice,
  /// pwritev, copy_file_range, pwritev2.
  private static var writing: [UInt32: Int] { [1: 0, 18: 0, 20: 0, 40: 0, 275: 2, 296: 0, 326: 2, 328: 0] }
}

extension CallEvent {
  fileprivate func descriptor(_ argument: Int) -> Int32? {
    arguments.indices.contains(argument) ? Int32(truncatingIfNeeded: arguments[argument]) : nil
  }
}
