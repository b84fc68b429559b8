import Glibc

/// Starts a program with descriptors at chosen places; all others that close on exec do so.
/// - Parameters:
///   - program: its file, when that is not the first of its arguments.
///   - placed: each descriptor, and the number that the program finds it under.
///   - sought: whether the program is sought along PATH.
func spawn(
  _ arguments: [String], program: String? = nil, placing placed: [(descriptor: Int32, place: Int32)],
  sought: Bool = false
) throws(ChildProblem) -> Int32 {
  try spawn(
    arguments.map { Array($0.utf8) }, program: program ?? arguments[0], placing: placed, sought: sought)
}

/// The same with arguments that need not be UTF-8.
func spawn(
  _ arguments: [[UInt8]], program: String, placing placed: [(descriptor: Int32, place: Int32)], sought: Bool = false
) throws(ChildProblem) -> Int32 {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  for (descriptor, place) in placed { unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, place) }
  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  // Signals that this program ignores or handles are the command's own business again.
  var defaults = sigset_t()
  unsafe sigemptyset(&defaults)
  for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD] { unsafe sigaddset(&defaults, signal) }
  unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

  // Safe: each is an array that ends with a NUL and lives as long as the call that copies it.
  var words = unsafe arguments.map { word in
    unsafe (word + [0]).withUnsafeBytes { bytes in
      unsafe strdup(bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
  }
  unsafe words.append(nil)
  defer { unsafe words.forEach { unsafe free($0) } }
  var pid: pid_t = 0
  // Safe: every pointer is this function's own and outlives the call; the list of words ends with nil.
  let code =
    sought
    ? unsafe posix_spawnp(&pid, program, &actions, &attributes, words, environ)
    : unsafe posix_spawn(&pid, program, &actions, &attributes, words, environ)
  guard code == 0 else { throw ChildProblem(call: "posix_spawn(\(program))", code: code) }
  return pid
}

/// Waits for a process that this one started; wait(2)'s status.
func waited(for pid: Int32) -> Int32 {
  var status: Int32 = 0
  // Safe: the status is this function's own.
  while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
  return status
}
