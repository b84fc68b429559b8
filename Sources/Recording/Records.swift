package import Events

/// An interface as a capture file describes it.
package struct RecordedInterface: Sendable, Equatable {
  /// `if_name` as it stands: ours is `namespace/name`.
  package var fullName: String
  package var linkType: LinkType
  /// The most bytes kept of a packet; 0 for no limit.
  package var snapLength: Int

  package init(fullName: String, linkType: LinkType, snapLength: Int) {
    self.fullName = fullName
    self.linkType = linkType
    self.snapLength = snapLength
  }

  /// The network namespace before the last slash (an interface's name has none), or nil.
  package var namespace: String? { fullName.lastIndex(of: "/").map { String(fullName[..<$0]) } }

  /// The name after the last slash.
  package var name: String {
    fullName.lastIndex(of: "/").map { String(fullName[fullName.index(after: $0)...]) } ?? fullName
  }
}

/// What an interface's counters say (pcapng's Interface Statistics Block); nil where the file does not say.
package struct InterfaceStatistics: Sendable, Equatable {
  /// The index of the interface in the run or the file.
  package var interface: Int
  package var time: Instant
  /// Packets that reached the capture (`isb_ifrecv`).
  package var received: UInt64?
  /// Packets that the interface dropped (`isb_ifdrop`).
  package var interfaceDropped: UInt64?
  /// Packets that the kernel dropped because nobody read fast enough (`isb_osdrop`).
  package var systemDropped: UInt64?
  /// Packets given to the program (`isb_usrdeliv`).
  package var delivered: UInt64?

  package init(
    interface: Int, time: Instant, received: UInt64? = nil, interfaceDropped: UInt64? = nil,
    systemDropped: UInt64? = nil, delivered: UInt64? = nil
  ) {
    self.interface = interface
    self.time = time
    self.received = received
    self.interfaceDropped = interfaceDropped
    self.systemDropped = systemDropped
    self.delivered = delivered
  }
}

/// A process as a recording describes it: an actor, and the program it runs.
package struct ProcessRecord: Sendable, Equatable {
  package var process: ProcessID
  package var parent: UInt32
  package var user: UInt32
  package var group: UInt32
  package var command: [UInt8]
  /// The program's path; empty when unknown.
  package var path: [UInt8]
  /// As given to execve; none when unknown.
  package var arguments: [[UInt8]]

  package init(
    process: ProcessID, parent: UInt32 = 0, user: UInt32 = 0, group: UInt32 = 0, command: [UInt8] = [],
    path: [UInt8] = [], arguments: [[UInt8]] = []
  ) {
    self.process = process
    self.parent = parent
    self.user = user
    self.group = group
    self.command = command
    self.path = path
    self.arguments = arguments
  }

  init(_ actor: Actor) {
    self.init(
      process: actor.process, parent: actor.parent, user: actor.user, group: actor.group, command: actor.command)
  }

  /// The process as an actor, by one of its threads.
  package func actor(thread: UInt32) -> Actor {
    Actor(process: process, thread: thread, parent: parent, user: user, group: group, command: command)
  }
}
