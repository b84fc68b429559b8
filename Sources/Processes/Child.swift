import CPtrace
import Files
import Glibc

/// A command that was started for this run (`-c`), held at its gate or in its own code until `release`.
package final class Child {
  package let pid: Int32
  /// The path of the program that it becomes first.
  package let program: String
  /// Whether it is that program, with all its libraries mapped: it has left its gate and stands where it was to be held.
  package private(set) var isLoaded = false
  /// Whether it has been let begin.
  package var isReleased: Bool { gate < 0 && held == nil }
  /// The writing end of the pipe that the child waits on.
  private var gate: Int32
  /// The child between its gate and `release`.
  private var held: Tracee?
  private var ended: Int32?

  /// Starts `command`: by its words, which may be quoted, or by the shell when it has other signs of the shell's. It waits at its gate, before its exec.
  package init(_ command: String) throws(ChildProblem) {
    let split = commandWords(command)
    var words = split ?? []
    let byShell = split == nil
    if !byShell {
      // Found here, so that a trace of the child holds one execve and not one for each directory of PATH.
      guard let program = words.first, let path = executable(program) else {
        throw ChildProblem(call: "execve", code: ENOENT)
      }
      words[0] = path
    }
    program = byShell ? "/bin/sh" : words[0]
    var ends: [Int32] = [0, 0]
    // Safe: the array has the two elements that the call fills.
    guard unsafe pipe(&ends) == 0 else { throw ChildProblem(call: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // The waiting is done by a shell of the same pid, which then becomes the command.
    let wait = "read _ <&9 || exit 125; exec 9<&-; "
    let arguments =
      byShell
      ? ["/bin/sh", "-c", wait + "exec /bin/sh -c \"$1\"", "sh", command]
      : ["/bin/sh", "-c", wait + "exec \"$@\"", "sh"] + words
    do throws(ChildProblem) {
      pid = try spawn(arguments, placing: [(ends[0], 9)])
    } catch {
      Glibc.close(ends[0])
      Glibc.close(ends[1])
      throw error
    }
    Glibc.close(ends[0])
    gate = ends[1]
  }

  /// Where in its own code a command can be held.
  package enum Place: Sendable {
    /// At its program's first instruction, ld.so's work done.
    case entry
    /// At C's main(), its constructors have run; at the entry in what has no main().
    case main
  }

  /// Lets the command run on from its gate to `place`, where it waits for `release`. Where that cannot be done it waits as near to it as can
  /// be: what may not be taken by ptrace(2), or is nothing that execve(2) takes, at its gate. Of the thread that also calls `release`.
  /// - Parameters:
  ///   - entry: the address of a process's first instruction.
  ///   - start: that of `__libc_start_main`, whose first argument is main(), once the process stands at its entry.
  package func hold(at place: Place, entry: (UInt32) -> UInt64?, start: (UInt32) -> UInt64?) {
    guard gate >= 0, isExecutable(program), geteuid() == 0 || !isPrivileged(program), let tracee = Tracee(taking: pid)
    else { return }
    held = tracee
    openGate()
    do throws(Tracee.Detour) {
      // The shell's own exec may not be over yet when it is taken; it closes the gate's pipe before the next one.
      try tracee.waitForExec { readLink("/proc/\(pid)/fd/9") == nil }
      guard let address = entry(UInt32(pid)) else { return }
      try tracee.run(to: address)
      isLoaded = true
      guard place == .main, let address = start(UInt32(pid)) else { return }
      try tracee.run(to: address)
      guard let main = tracee.firstArgument else { return }
      try tracee.run(to: main)
    } catch {
      guard case .ended(let status) = error else { return }
      held = nil
      ended = status
    }
  }

  /// Lets the command begin, or go on.
  package func release() {
    held?.leave()
    held = nil
    openGate()
  }

  private func openGate() {
    guard gate >= 0 else { return }
    var line = UInt8(ascii: "\n")
    // Safe: the one byte is this function's own.
    _ = unsafe write(gate, &line, 1)
    closeGate()
  }

  private func closeGate() {
    if gate >= 0 { Glibc.close(gate) }
    gate = -1
  }

  /// wait(2)'s status once the command has ended; nil while it runs. Does not wait.
  package func status() -> Int32? {
    if let ended { return ended }
    var status: Int32 = 0
    // Safe: the status is this function's own.
    let result = unsafe waitpid(pid, &status, WNOHANG)
    guard result == pid || result < 0 && errno == ECHILD else { return nil }
    ended = status
    return status
  }

  /// Ends the command if it still runs: asked for by a run that ends before it.
  package func terminate() {
    guard status() == nil else { return }
    closeGate()
    Glibc.kill(pid, held == nil ? SIGTERM : SIGKILL)
  }

  /// A command that was never let begin ends without having run.
  deinit {
    closeGate()
    if held != nil { Glibc.kill(pid, SIGKILL) }
  }
}

/// Runs a command by the shell and waits for its end; it writes where this program writes.
/// - Returns: nil, or why it could not be started.
package func runShell(_ command: [UInt8]) -> String? {
  do {
    let pid = try spawn([Array("/bin/sh".utf8), Array("-c".utf8), command], program: "/bin/sh", placing: [])
    _ = waited(for: pid)
    return nil
  } catch {
    return error.text
  }
}

/// Why a command could not be started.
package struct ChildProblem: Error, Sendable, Equatable {
  package var call: String
  package var code: Int32
  /// Whether there was no such program.
  package var isMissing: Bool { code == ENOENT }
  package var text: String {
    // Safe: strerror's text is copied before its next call.
    "\(call): \(unsafe String(cString: unsafe strerror(code)))"
  }
}

/// The path of a program, sought along PATH as execvp(3) does when its name has no slash; nil when there is none.
private func executable(_ program: String) -> String? {
  // Safe: the text of the environment is copied at once, and nothing here changes the environment.
  let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
  let candidates =
    program.contains("/")
    ? [program]
    : path.split(separator: ":", omittingEmptySubsequences: false).map { ($0.isEmpty ? "." : $0) + "/" + program }
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  return candidates.first { unsafe access($0, X_OK) == 0 }
}

/// Whether execve(2) takes the file: what is neither ELF nor names its interpreter is read by the shell that tried.
private func isExecutable(_ program: String) -> Bool {
  guard let head = try? FileReader(program).read(at: 0, count: 4) else { return false }
  return head.starts(with: "#!".utf8) || head == [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]
}

/// Whether the file gives who runs it rights of its own, which a program that is traced by somebody without them does not get (ptrace(2)).
private func isPrivileged(_ program: String) -> Bool {
  guard let file = identity(of: program) else { return true }
  // S_ISUID, S_ISGID
  if file.mode & 0o6000 != 0 { return true }
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  return unsafe culprit_has_capabilities(program) != 0
}

/// The words of a command as sh(1) splits and unquotes them (POSIX, "Quoting"); nil when the shell would read more into it than words,
/// and where a quotation has no end.
func commandWords(_ command: String) -> [String]? {
  var words: [String] = []
  var word: String?
  var quote: Character?
  for character in command {
    switch (quote, character) {
    case ("'", "'"), ("\"", "\""): quote = nil
    case ("'", _): word?.append(character)
    case ("\"", "$"), ("\"", "`"), ("\"", "\\"): return nil
    case ("\"", _): word?.append(character)
    case (_, "'"), (_, "\""): (quote, word) = (character, word ?? "")
    case (_, " "), (_, "\t"), (_, "\n"):
      if let ended = word { words.append(ended) }
      word = nil
    // An assignment stands before the command, a comment and a home directory begin a word.
    case (_, "=") where !words.isEmpty, (_, "#") where word != nil, (_, "~") where word != nil:
      word = (word ?? "") + String(character)
    case (_, _) where "|&;<>()$`\\*?[]#~={}".contains(character): return nil
    default: word = (word ?? "") + String(character)
    }
  }
  if quote != nil { return nil }
  if let word { words.append(word) }
  return words
}
