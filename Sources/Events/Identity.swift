/// A process, never by pid alone: pids are used again.
package struct ProcessID: Sendable, Hashable, BitwiseCopyable {
  /// The thread-group id, in the initial pid namespace.
  package var pid: UInt32
  /// When the group leader was started, in nanoseconds of CLOCK_BOOTTIME (`task_struct.start_boottime`); 0 when unknown.
  package var start: UInt64

  package init(pid: UInt32, start: UInt64) {
    self.pid = pid
    self.start = start
  }
}

/// A socket, never by tuple alone: the kernel's cookie for it and for its network namespace.
package struct SocketID: Sendable, Hashable, BitwiseCopyable {
  /// `sk->__sk_common.skc_cookie`; 0 when nobody had asked for one.
  package var cookie: UInt64
  /// `net->net_cookie`.
  package var namespace: UInt64

  package init(cookie: UInt64, namespace: UInt64) {
    self.cookie = cookie
    self.namespace = namespace
  }
}

/// Who did something: the task that was running.
package struct Actor: Sendable, Hashable {
  package var process: ProcessID
  package var thread: UInt32
  package var parent: UInt32
  package var user: UInt32
  package var group: UInt32
  /// `task->comm`, without its NULs; bytes, because a process may call itself anything.
  package var command: [UInt8]

  package init(
    process: ProcessID, thread: UInt32 = 0, parent: UInt32 = 0, user: UInt32 = 0, group: UInt32 = 0,
    command: [UInt8] = []
  ) {
    self.process = process
    self.thread = thread
    self.parent = parent
    self.user = user
    self.group = group
    self.command = command
  }
}
