import Events

/// What the process and those it started capture, and what becomes of it.
struct CaptureFindings {
  /// Their sockets that hear other people's traffic, and those that hear one service or cannot be judged.
  var broad: [Sniffer] = []
  var narrow: [Sniffer] = []
  var unknown: [Sniffer] = []
  /// Frames that the broad ones delivered, and those of them that came while they were watched.
  var frames: UInt64 = 0
  var framesWatched: UInt64 = 0
  /// Whether readers were seen reading, so that it is known when the first frame came.
  var isCounted = false
  /// Who holds them.
  var holders: Set<UInt32> = []
  /// What else sees other people's traffic.
  var taps: [Tap] = []

  var isEmpty: Bool { broad.isEmpty && taps.isEmpty }
  /// Whether anything was delivered, or handed on without anybody's counting it.
  var hasFrames: Bool { frames > 0 || taps.contains(where: \.isRead) }

  /// Whether one of them hears whatever there is, and so what its own process and those that it feeds send.
  var hearsItself: Bool { broad.contains { $0.breadth == .everything } }

  /// What is sent while it is watched is compared with what came then; where nothing was counted then, with all of it.
  var framesToCompare: UInt64 { framesWatched > 0 ? framesWatched : frames }
}

/// Bytes that left by one process to one place.
struct Departure {
  var pid: UInt32
  /// `10.200.1.2:7000`, or what is known of it.
  var destination: String
  /// The address that is in it; nil where there is none, or it was not seen.
  var host: Address?
  var volume: Volume
  /// Questions to a name server: UDP to port 53, or to 5353 for multicast DNS.
  var isLookup: Bool
  /// What a host asks and tells its own network: DHCP, and groups that stay on the link.
  var isService: Bool
  /// A connection was asked for, and nothing was sent by it.
  var isAttempt = false
  /// How many processes of one program it is put together from; `pid` is the first.
  var processes = 1
}

extension Investigation.Sending {
  /// DHCP (RFC 2131, RFC 8415) and what goes to groups of the link: 224.0.0.0/24 (RFC 5771), ff02::/16 (RFC 4291).
  var isService: Bool {
    let address = remote.address
    if address.version == 4, address.low >> 8 == 0xe0_0000 { return true }
    if address.version == 6, address.high >> 48 & 0xff0f == 0xff02 { return true }
    return isDHCP
  }

  var isDHCP: Bool { [0, 17].contains(proto) && [67, 547].contains(remote.port) }

  /// A frame of a packet socket that asks who has an address.
  var isARP: Bool { proto == 0 && etherType == 0x0806 }
}

extension Investigation {
  func captures() -> CaptureFindings {
    var findings = CaptureFindings()
    for sniffer in sniffers.values.sorted(by: { $0.since < $1.since }) {
      guard sniffer.holders.keys.contains(where: { group.contains($0) }) else { continue }
      if sniffer.breadth.isBroad, sniffer.disuse == nil, !hearsAnswers(sniffer), !waitsForLease(sniffer) {
        findings.broad.append(sniffer)
        findings.frames &+= sniffer.delivered
        findings.framesWatched &+= sniffer.deliveredWatched
        findings.isCounted = findings.isCounted || sniffer.isRead
        findings.holders.formUnion(sniffer.holders.keys.filter { group.contains($0) })
      } else if case .unknown = sniffer.breadth {
        findings.unknown.append(sniffer)
      } else {
        findings.narrow.append(sniffer)
      }
    }
    findings.taps = taps.all(of: group)
    findings.holders.formUnion(findings.taps.map(\.holder))
    // What a tap sees nobody is told of one by one.
    if !findings.taps.isEmpty { findings.isCounted = false }
    return findings
  }

  /// Whether a socket hears only what hosts say to this one that its process talks to: its filter names both, it was given no more than twice as many
  /// frames as went there, and nothing goes anywhere else (nmap -sS, tcptraceroute).
  private func hearsAnswers(_ sniffer: Sniffer) -> Bool {
    guard case .broad(_, let talks) = sniffer.breadth, !talks.isEmpty, talks.allSatisfy({ isLocal($0.to) }) else {
      return false
    }
    let hosts = Set(talks.map(\.from))
    var asked: UInt64 = 0
    for (sending, flow) in sends where group.contains(sending.pid) && !isLocal(sending.remote.address) {
      for departure in resolved(sending, flow, { $0.all }) where !departure.isService && !departure.isLookup {
        guard departure.host.map(hosts.contains) ?? false, sniffer.holders[sending.pid] != nil else { return false }
        asked &+= departure.volume.count
      }
    }
    return asked > 0 && sniffer.delivered <= 2 &* asked
  }

  /// Whether a socket is there for a lease alone, though it has no filter for it (udhcpc): what its processes send is DHCP, they read from it only
  /// soon after they have asked, and they write no more than what they have to say of that.
  func waitsForLease(_ sniffer: Sniffer) -> Bool {
    let asked = sniffer.readers.reduce(0) { $0 &+ (people[$1]?.asked?.count ?? 0) }
    guard sniffer.isForLease, asked > 0, sniffer.readers.isSubset(of: group), attempts(by: group).isEmpty,
      departures(by: group, { $0.all }).allSatisfy(\.isService),
      openLogs(of: group).isEmpty,
      !group.contains(where: { people[$0]?.descriptors.values.contains { $0.number < 0 && $0.canWrite } ?? false })
    else { return false }
    let written = writes.filter { group.contains($0.key.pid) && [.regular, .pipe, .socket].contains($0.key.kind) }
      .values
    let passed = messages.values.flatMap { writers in writers.filter { group.contains($0.key) }.values }
    let bytes = (written + passed).reduce(0 as UInt64) { $0 &+ ($1.all?.bytes ?? 0) }
    return bytes <= (asked &+ 2) &* Self.lineOfLease
  }

  /// Bytes of a line that says what was asked, or given.
  private static var lineOfLease: UInt64 { 80 }

  /// Whoever what was captured can come to: the holders, all they started, who reads the pipes and unix sockets that one of
  /// them wrote to, and who reads the very socket; each with how.
  func reached(from holders: Set<UInt32>) -> [UInt32: String] {
    var reached: [UInt32: String] = [:]
    var next = holders.sorted()
    for pid in next { reached[pid] = "" }
    while let pid = next.popLast() {
      for (other, way) in ways(from: pid) where reached[other] == nil {
        reached[other] = way
        next.append(other)
      }
    }
    return reached
  }

  private func ways(from pid: UInt32) -> [(UInt32, String)] {
    var ways: [(UInt32, String)] = []
    for (writing, flow) in writes where writing.pid == pid && writing.kind == .pipe && flow.all != nil {
      for (other, person) in people where other != pid {
        guard
          let end = person.descriptors.values.first(where: {
            $0.inode == writing.inode && $0.kind == .pipe && $0.canRead
          })
        else { continue }
        let bytes = flow.all?.bytes ?? 0
        ways.append(
          (
            other,
            "\(name(pid)) wrote \(bytes) bytes into \(printable(writing.path)), which \(name(other)) reads (descriptor \(end.number))"
          ))
      }
    }
    ways += waysByFile(from: pid)
    for sniffer in sniffers.values where sniffer.holders[pid] != nil && sniffer.breadth.isBroad {
      for other in sniffer.readers where other != pid {
        ways.append((other, "\(name(other)) reads frames from the socket of \(name(pid))"))
      }
    }
    for other in memoryReaders[pid] ?? [] where other != pid {
      ways.append((other, "\(name(other)) shares the memory of \(name(pid)) (process_vm_readv, process_vm_writev)"))
    }
    for (sending, flow) in sends where sending.pid == pid && flow.all != nil {
      guard let place = LocalPlace(sending), isLocal(sending.remote.address) else { continue }
      for other in localReaders[place] ?? [] where other != pid {
        ways.append((other, "\(name(pid)) sends to \(sending.remote), where \(name(other)) receives"))
      }
    }
    for (address, writers) in messages where writers[pid] != nil {
      for other in readers[address] ?? [] where other != pid {
        ways.append((other, "\(name(pid)) sends to \(name(other)) through a unix socket"))
      }
    }
    // Who opened a file, or reads a pipe, was watched with all that he started.
    let isReader = fileReaders.values.contains { $0.contains(pid) } || readsPipe(pid)
    for (other, person) in people where person.parent == pid && (isReader || group.contains(other)) {
      ways.append((other, "\(name(pid)) started \(name(other))"))
    }
    return ways.sorted { $0.0 < $1.0 }
  }

  /// Whether another process was seen to write into a pipe that this one reads.
  func readsPipe(_ pid: UInt32) -> Bool {
    let pipes = Set(
      (people[pid]?.descriptors.values ?? [:].values).filter { $0.kind == .pipe && $0.canRead }.map(\.inode))
    return !pipes.isEmpty && writes.keys.contains { $0.kind == .pipe && $0.pid != pid && pipes.contains($0.inode) }
  }

  /// Who has opened, or has open, what the process writes or may write.
  private func waysByFile(from pid: UInt32) -> [(UInt32, String)] {
    var files: [UInt64: [UInt8]] = [:]
    for (writing, flow) in writes
    where writing.pid == pid && writing.inode != 0 && writing.kind == .regular && flow.all != nil {
      files[writing.inode] = writing.path
    }
    for descriptor in people[pid]?.descriptors.values ?? [:].values
    where descriptor.inode != 0 && descriptor.canWrite && (descriptor.kind == .regular || descriptor.kind == .pipe) {
      files[descriptor.inode] = descriptor.path
    }
    var ways: [(UInt32, String)] = []
    for (inode, path) in files where !isKernels(printable(path)) {
      for other in fileReaders[inode] ?? [] where other != pid {
        ways.append((other, "\(name(pid)) keeps \(printable(path)), which \(name(other)) opened"))
      }
      for (other, person) in people where other != pid {
        let end = person.descriptors.values.first {
          // Who has it open to write, too, has the same one (a message queue) where the name is the same.
          $0.inode == inode && $0.kind == .regular
            && ($0.flags & 3 == 0 || $0.number < 0 || $0.flags & 3 == 2 && $0.path == path)
        }
        guard let end else { continue }
        let how = end.number < 0 ? "shares by a mapping" : "reads (descriptor \(end.number))"
        ways.append((other, "\(name(pid)) keeps \(printable(path)), which \(name(other)) \(how)"))
      }
    }
    return ways
  }

  /// What left this host by these processes, the most bytes first; of it `part` alone.
  func departures(by pids: Set<UInt32>, _ part: (Outflow) -> Volume?) -> [Departure] {
    var found: [Departure] = []
    for (sending, flow) in sends where pids.contains(sending.pid) {
      if !isLocal(sending.remote.address) { found += resolved(sending, flow, part) }
    }
    return summed(found)
  }

  /// What was sent, to whom as far as that is known.
  private func resolved(_ sending: Sending, _ flow: Outflow, _ part: (Outflow) -> Volume?) -> [Departure] {
    guard let volume = part(flow) else { return [] }
    return sending.remote.address.isAny ? unaddressed(sending, volume, part) : [departure(sending, volume)]
  }

  /// Those of one process to one place together, the most bytes first: what has no ports is kept by more than is told.
  private func summed(_ departures: [Departure]) -> [Departure] {
    struct Kind: Hashable {
      var pid: UInt32
      var destination: String
      var isLookup: Bool
      var isService: Bool
    }
    var sums: [Kind: Departure] = [:]
    for one in departures {
      let kind = Kind(pid: one.pid, destination: one.destination, isLookup: one.isLookup, isService: one.isService)
      if sums[kind] == nil { sums[kind] = one } else { sums[kind]?.volume.add(one.volume) }
    }
    return sums.values.sorted { ($1.volume.bytes, $0.destination, $0.pid) < ($0.volume.bytes, $1.destination, $1.pid) }
  }

  /// The connections that these processes asked for off this host, and sent nothing by.
  func attempts(by pids: Set<UInt32>) -> [Departure] {
    attempts.compactMap { sending, flow -> Departure? in
      guard pids.contains(sending.pid), sends[sending] == nil, let volume = flow.all, !isLocal(sending.remote.address)
      else { return nil }
      var found = departure(sending, volume)
      found.isAttempt = true
      return found
    }.sorted { $0.destination < $1.destination }
  }

  /// - Parameter frames: what left of it by an interface, without link headers, where that is known.
  private func departure(_ sending: Sending, _ volume: Volume, as frames: Volume? = nil) -> Departure {
    let frames = frames ?? volume
    return Departure(
      pid: sending.pid, destination: text(of: sending),
      host: sending.remote.address.isAny ? nil : sending.remote.address, volume: volume,
      isLookup: [0, 17].contains(sending.proto) && [53, 5353].contains(sending.remote.port),
      isService: sending.isARP
        ? frames.bytes <= frames.count &* Self.bytesOfARP || frames.count <= Self.handful
        : sending.isService && (!sending.isDHCP || volume.count <= Self.handful))
  }

  /// Of Ethernet and IPv4 (RFC 826). What fills an Ethernet frame up behind them may be anything.
  private static var bytesOfARP: UInt64 { 28 }

  /// So many datagrams a lease takes, and a host's questions for its neighbours; who sends more may say something else.
  private static var handful: UInt64 { 16 }

  /// Whom a socket without a fixed peer, or a packet socket, sent to, as far as its packets were captured.
  private func unaddressed(_ sending: Sending, _ volume: Volume, _ part: (Outflow) -> Volume?) -> [Departure] {
    var seen = packets.filter { other, flow in
      other.pid == sending.pid && (other.proto == sending.proto || sending.proto == 0) && sends[other] == nil
        && part(flow) != nil && !isLocal(other.remote.address)
    }
    if seen.isEmpty, sending.proto == 0 {
      seen = frames.filter { other, flow in
        other.pid == sending.pid && other.interface == sending.interface && part(flow) != nil
      }
    }
    if seen.count == 1, let only = seen.first {
      return [departure(only.key, volume, as: part(only.value))]
    }
    if seen.isEmpty { return [departure(sending, volume)] }
    return seen.compactMap { other, flow in
      part(flow).map { departure(other, $0) }
    }
  }

  /// What was written to files by these processes; of it `part` alone.
  func logs(by pids: Set<UInt32>, _ part: (Outflow) -> Volume?) -> [(pid: UInt32, path: String, volume: Volume)] {
    writes.compactMap { writing, flow in
      guard pids.contains(writing.pid), writing.kind == .regular, let volume = part(flow) else { return nil }
      // Memory that only looks like a file.
      let path = printable(writing.path)
      return isNoFile(path) ? nil : (writing.pid, path, volume)
    }.sorted { ($0.path, $0.pid) < ($1.path, $1.pid) }
  }

  /// Files of those who took through unix sockets what these processes gave them, and enough of it for the frames, that they hold open to append
  /// to, or to write and have mapped, as journald has its own: what a logging service writes nobody is told of.
  func logs(
    behindSocketsOf pids: Set<UInt32>, for frames: UInt64, _ part: (Outflow) -> Volume?
  ) -> [(pid: UInt32, path: String, descriptor: DescriptorState, taken: Volume)] {
    var taken: [UInt32: Volume] = [:]
    for (address, writers) in messages {
      let volume =
        writers.filter { pids.contains($0.key) }.compactMap { part($0.value) }
        .reduce(into: nil) { $0.add($1) } as Volume?
      guard let volume else { continue }
      for reader in readers[address] ?? [] where !group.contains(reader) {
        if taken[reader] == nil { taken[reader] = volume } else { taken[reader]?.add(volume) }
      }
    }
    return taken.sorted { $0.key < $1.key }.filter { holds($0.value, frames) }.flatMap { pid, volume in
      let held = people[pid]?.descriptors.values ?? [:].values
      let mapped = Set(held.filter { $0.number < 0 && $0.canWrite }.map(\.inode))
      return held.filter {
        $0.number >= 0 && $0.kind == .regular && $0.canWrite && ($0.isAppending || mapped.contains($0.inode))
          && !isNoFile(printable($0.path))
      }
      .sorted { $0.number < $1.number }.map { (pid, printable($0.path), $0, volume) }
    }
  }

  /// Files that these processes hold open for writing, the three standard descriptors apart.
  func openLogs(of pids: Set<UInt32>) -> [(pid: UInt32, path: String, descriptor: Int32)] {
    pids.sorted().flatMap { pid in
      (people[pid]?.descriptors.values ?? [:].values).filter {
        $0.kind == .regular && $0.canWrite && $0.number > 2 && !isNoFile(printable($0.path))
      }.sorted { $0.number < $1.number }.map { (pid, printable($0.path), $0.number) }
    }
  }

  /// What only looks like a file that is kept: memory, and the kernel's own.
  private func isNoFile(_ path: String) -> Bool {
    path.hasPrefix("/memfd:") || isKernels(path)
  }

  private func isKernels(_ path: String) -> Bool { path.hasPrefix("/proc/") || path.hasPrefix("/sys/") }

  private func text(of sending: Sending) -> String {
    if sending.proto == 0, sending.remote.address.isAny {
      return "\(sending.isARP ? "ARP" : "frames") on \(interface(sending.interface))"
    }
    if sending.remote.address.isAny { return "an address that was not seen" }
    // Only these have ports: TCP, UDP, DCCP, SCTP, UDP-Lite, MPTCP.
    return [6, 17, 33, 132, 136, 262].contains(sending.proto) || sending.proto == 0 && sending.remote.port != 0
      ? sending.remote.description : sending.remote.address.description
  }

  /// An interface's name where it is known.
  func interface(_ index: UInt32) -> String {
    if index == 0 { return "every interface" }
    for pid in group.sorted() {
      if let found = people[pid]?.state?.interfaces.first(where: { $0.index == index }) { return printable(found.name) }
    }
    return "interface \(index)"
  }
}
