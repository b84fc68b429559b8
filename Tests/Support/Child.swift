import Foundation
import Glibc

/// A program that a test started: its lines as they come, its end, and never a sleep.
///
/// The pid is the program's own from the first moment on: `nsenter` becomes the program it starts.
/// A child that is still running when nobody holds it any more is killed.
package final class Child: Sendable {
  package enum Failure: Error, CustomStringConvertible {
    /// posix_spawn(3) or pipe(2) refused, with errno.
    case notStarted([String], errno: CInt)
    /// The program ended, or was silent for the whole time, before it said what was waited for; with all it did say.
    case silent([String], output: [String], errors: [String], ended: Bool)

    package var description: String {
      switch self {
      case .notStarted(let arguments, let number):
        "cannot start \(arguments.joined(separator: " ")): errno \(number)"
      case .silent(let arguments, let output, let errors, let ended):
        """
        \(arguments.joined(separator: " ")) \(ended ? "ended" : "is still running") without the line waited for;
        standard output: \(output)
        standard error: \(errors)
        """
      }
    }
  }

  /// How a child ended, as waitpid(2) tells it.
  package enum End: Equatable, Sendable {
    case exited(CInt)
    case killed(signal: CInt)
  }

  /// Held from the making of a child's pipes to its start: another child born in between would inherit them, and they
  /// would never come to their end.
  private static let spawning = NSLock()

  package let pid: CInt
  private let arguments: [String]
  /// Whether it leads a process group, in which all that it starts is too.
  private let isGroup: Bool
  private let heard: Transcript

  /// Starts `arguments` (the first is a path, or a name that PATH knows), in a network namespace of the lab if one is given.
  /// As a `group` it can be interrupted together with what it starts, and is killed with it.
  package init(
    _ arguments: [String], in namespace: Lab.Side? = nil, environment: [String: String] = [:], group: Bool = false
  ) throws(Failure) {
    let words = (namespace.map { ["nsenter", "--net=\($0.path)"] } ?? []) + arguments
    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let started = Self.spawning.withLock { () -> (pid: CInt, output: CInt, errors: CInt)? in
      closeOnExec
      guard let output = Pipe() else { return nil }
      guard let errors = Pipe() else { return nil }
      let pid = spawn(words, environment: merged, output: output.writing, errors: errors.writing, group: group)
      guard let pid else { return nil }
      return (pid, output.takeReading(), errors.takeReading())
    }
    guard let (pid, output, errors) = started else { throw .notStarted(arguments, errno: errno) }
    self.pid = pid
    self.arguments = arguments
    isGroup = group
    self.heard = Transcript(output: output, errors: errors, pid: pid)
  }

  deinit {
    // Reaped by the transcript's thread, which outlives us until then: the number is still this child's.
    heard.ifRunning { _ = kill(isGroup ? -pid : pid, SIGKILL) }
  }

  /// The complete lines said so far.
  package var output: [String] { heard.lines(of: .output) }
  package var errors: [String] { heard.lines(of: .errors) }

  /// Waits for a line on standard output or standard error, also one said before the call.
  @discardableResult
  package func line(within seconds: Double = 20, where wanted: (String) -> Bool) throws(Failure) -> String {
    if let line = heard.line(until: Date(timeIntervalSinceNow: seconds), where: wanted) { return line }
    throw .silent(arguments, output: output, errors: errors, ended: heard.end != nil)
  }

  /// Waits for the end, with both outputs read to their last byte; a child that outlives `seconds` is killed.
  @discardableResult
  package func wait(within seconds: Double = 20) -> End {
    if let end = heard.end(until: Date(timeIntervalSinceNow: seconds)) { return end }
    return stop(SIGKILL)
  }

  /// What a terminal's Ctrl-C does to a `group`, then waits for the end.
  @discardableResult
  package func interrupt() -> End {
    heard.ifRunning { _ = kill(isGroup ? -pid : pid, SIGINT) }
    return wait()
  }

  /// Sends `signal` to this child alone and waits for its end.
  @discardableResult
  package func stop(_ signal: CInt = SIGTERM) -> End {
    heard.ifRunning { _ = kill(pid, signal) }
    return wait()
  }
}

/// Once: whatever this process was born with beyond its three standard descriptors ends here. A suspect that held a socket
/// of the shell's or of the build's would be judged by it.
private let closeOnExec: Void = {
  for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
    if let descriptor = CInt(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }
}()

/// A pipe whose ends close with it. nil leaves the reason in errno.
private struct Pipe: ~Copyable {
  let reading: CInt
  let writing: CInt

  init?() {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    (reading, writing) = (ends[0], ends[1])
    _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
    _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
  }

  deinit {
    _ = close(reading)
    _ = close(writing)
  }

  consuming func takeReading() -> CInt {
    let reading = reading
    _ = close(writing)
    discard self
    return reading
  }
}

/// posix_spawnp(3) with standard input empty and no signal blocked or ignored; nil leaves the reason in errno.
private func spawn(
  _ words: [String], environment: [String: String], output: CInt, errors: CInt, group: Bool
) -> pid_t? {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
  unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)

  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  unsafe posix_spawnattr_setsigmask(&attributes, &signals)
  unsafe sigfillset(&signals)
  unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
  // The group's number is the leader's pid, which 0 stands for.
  unsafe posix_spawnattr_setpgroup(&attributes, 0)
  let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (group ? POSIX_SPAWN_SETPGROUP : 0)
  unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

  // C wants arrays of strings that end with a null; the copies live until the call is over.
  let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
  let settings = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
  defer { unsafe (arguments + settings).forEach { unsafe free($0) } }
  var pid: pid_t = 0
  let failure = unsafe posix_spawnp(&pid, words[0], &actions, &attributes, arguments, settings)
  errno = failure
  return failure == 0 ? pid : nil
}
