import Glibc

/// How long it takes to say all that is wrong in a script of a thousand lines.
func measureErrors() throws {
  heading("milliseconds until the mistakes in a script of 1,000 lines are told", goal: "100 ms")
  let path = "/tmp/culprit-benchmark-\(getpid()).d"
  defer { unsafe unlink(path) }
  let wrong = [7, 101, 249]
  var text = ""
  for number in 0..<250 {
    let time = wrong.contains(number) ? "timestmp" : "timestamp"
    text += """
      syscall::read:entry
      /pid == $pid && arg2 > \(number)/
      { self->t\(number) = \(time); @a\(number)[execname, probefunc] = quantize(arg2); printf("%d %s\\n", pid, execname); }


      """
  }
  try write(text, to: path)
  var times = Samples()
  var told = 0
  for _ in 0..<10 {
    let launch = try Launch(["sh", "-c", "exec \"$0\" -e -s \"$1\" 2>&1", Part.sibling("culprit"), path])
    told = 0
    while let line = launch.line() { told += line.contains("error:") ? 1 : 0 }
    times.values.append(launch.finish().elapsed * 1000)
  }
  report("culprit", times, "ms")
  print("    \(told) of \(wrong.count) mistakes told")
}

private func write(_ text: String, to path: String) throws {
  // Safe: the path is a C string for the call.
  let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard file >= 0 else { throw Launch.Failure(description: "\(path): errno \(errno)") }
  defer { close(file) }
  let bytes = Array(text.utf8)
  // Safe: the bytes live for the call.
  _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress!, $0.count) }
}
