import Glibc

/// What a program took from its start to its end.
struct Usage {
  /// Seconds that passed.
  var elapsed: Double
  /// Seconds of processor time, its own and the kernel's for it.
  var processor: Double
  /// Of that its own.
  var user: Double
  /// The most memory it had at once, in KiB.
  var resident: Int
  /// Its wait status was that of exit(0).
  var succeeded: Bool
}

/// A program that was started for a measurement, with pipes at its standard input and output.
final class Launch {
  let pid: pid_t
  /// CLOCK_MONOTONIC just before it was started, in nanoseconds.
  let started: UInt64
  private let input: CInt
  private let output: CInt
  private var heard: [UInt8] = []
  private var isOver = false

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// - Parameters:
  ///   - arguments: the first is a path, or a name that PATH knows.
  ///   - path: the file that takes its standard output, if we do not hear it.
  init(_ arguments: [String], into path: String? = nil) throws {
    var there: [CInt] = [-1, -1]
    var back: [CInt] = [-1, -1]
    guard unsafe pipe(&there) == 0, unsafe pipe(&back) == 0 else { throw Failure(description: "pipe: errno \(errno)") }
    for end in there + back { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, there[0], 0)
    if let path {
      unsafe posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    } else {
      unsafe posix_spawn_file_actions_adddup2(&actions, back[1], 1)
    }
    // What peers say of their own troubles is not measured, and would stand between the figures.
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    started = now()
    // Safe: every pointer is this function's own and outlives the call; the list of words ends with nil.
    let failure = unsafe posix_spawnp(&child, arguments[0], &actions, nil, words, environ)
    close(there[0])
    close(back[1])
    guard failure == 0 else { throw Failure(description: "\(arguments[0]): errno \(failure)") }
    pid = child
    input = there[1]
    output = back[0]
  }

  deinit {
    if !isOver {
      kill(pid, SIGKILL)
      _ = finish()
    }
    close(input)
    close(output)
  }

  /// Runs a program to its end, its output thrown away.
  static func run(_ arguments: [String]) throws -> Usage { try Launch(arguments, into: "/dev/null").finish() }

  /// Says a line to it.
  func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // Safe: the bytes live for the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(input, $0.baseAddress!, $0.count) }
  }

  /// The next line that it says, waited for; nil when it has ended.
  func line() -> String? {
    while true {
      if let end = heard.firstIndex(of: 10) {
        defer { heard.removeSubrange(...end) }
        return String(decoding: heard[..<end], as: UTF8.self)
      }
      var more = [UInt8](repeating: 0, count: 65536)
      // Safe: the kernel is told the buffer's size.
      let count = unsafe more.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress!, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      heard += more[..<count]
    }
  }

  /// Asks it to end, as Ctrl-C does.
  func interrupt() { kill(pid, SIGINT) }

  /// Waits for its end.
  func finish() -> Usage {
    var status: CInt = 0
    var usage = rusage()
    // Safe: both live for the call.
    while unsafe wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
    isOver = true
    return Usage(
      elapsed: Double(now() - started) / 1e9, processor: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      user: seconds(usage.ru_utime), resident: Int(usage.ru_maxrss),
      succeeded: status == 0)
  }

  private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}

/// Says a line to whoever started this part.
func answer(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  // Safe: the bytes live for the call.
  _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress!, $0.count) }
}

/// CLOCK_MONOTONIC, in nanoseconds.
func now() -> UInt64 { nanoseconds(of: CLOCK_MONOTONIC) }

/// The processor time of this thread, in nanoseconds.
func processorTime() -> UInt64 { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func nanoseconds(of clock: clockid_t) -> UInt64 {
  var time = timespec()
  // Safe: the call fills the structure it is given.
  unsafe clock_gettime(clock, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Where PATH has a program of that name; nil when it has none.
func installed(_ name: String) -> Bool {
  // Safe: getenv's string is copied at once.
  let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin"
  return path.split(separator: ":").contains { unsafe access("\($0)/\(name)", X_OK) == 0 }
}
