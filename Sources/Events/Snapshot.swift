/// A process as /proc shows it at a moment: what can be known of one that does nothing.
package struct ProcessState: Sendable, Equatable {
  package struct Ancestor: Sendable, Equatable {
    package var pid: UInt32
    package var command: [UInt8]
    package init(pid: UInt32, command: [UInt8]) {
      self.pid = pid
      self.command = command
    }
  }

  /// An interface of the process's network namespace, by the number that sockets are bound to.
  package struct Interface: Sendable, Equatable {
    package var index: UInt32
    package var name: [UInt8]
    package init(index: UInt32, name: [UInt8]) {
      self.index = index
      self.name = name
    }
  }

  /// The executable's path as the kernel has it; empty for a kernel thread.
  package var path: [UInt8] = []
  package var isDeleted = false
  /// The executable's SHA-256, 32 bytes; empty when it could not be read.
  package var digest: [UInt8] = []
  package var directory: [UInt8] = []
  package var arguments: [[UInt8]] = []
  /// Files that are mapped with leave to execute, the executable apart.
  package var libraries: [[UInt8]] = []
  /// From the parent upward.
  package var ancestors: [Ancestor] = []
  package var started = Instant(nanoseconds: 0)
  /// The inode number of the network namespace, and what is in it: this host's own addresses and its interfaces.
  package var namespace: UInt64 = 0
  package var addresses: [Address] = []
  package var interfaces: [Interface] = []

  package init() {}
}

/// One open descriptor of a process at a moment, and what it leads to.
package struct DescriptorState: Sendable, Equatable {
  package enum Kind: UInt8, Sendable, CaseIterable {
    /// What stat(2) says of it.
    case other = 0
    case regular, directory, character, block, pipe, socket
  }
  /// Below -1 it is none, but a file or memory that the process shares by a mapping.
  package var number: Int32
  package var kind: Kind
  /// O_* as in `/proc/PID/fdinfo`: 0 read, 1 write, 2 both in the low two bits.
  package var flags: UInt32
  /// Names a pipe or a socket machine-wide: two ends of a pipe have the same.
  package var inode: UInt64
  /// Where /proc/PID/fd's link leads: a path, or `pipe:[17]`, `socket:[18]`, `anon_inode:[eventpoll]`.
  package var path: [UInt8]

  package init(number: Int32, kind: Kind, flags: UInt32 = 0, inode: UInt64 = 0, path: [UInt8] = []) {
    self.number = number
    self.kind = kind
    self.flags = flags
    self.inode = inode
    self.path = path
  }

  /// O_APPEND.
  package var isAppending: Bool { flags & 0x400 != 0 }
  package var canWrite: Bool { flags & 3 != 0 }
  package var canRead: Bool { flags & 3 != 1 }
}
