import Glibc

/// What a program made of its standard input.
package struct Filtered: Sendable {
  package var output: [UInt8]
  /// The exit code; nil when a signal ended the program.
  package var exitCode: Int32?
}

/// Runs a program, sought along PATH and told its name without the directories, over `input` and waits for its end; its standard error is this program's own.
/// - Parameter limit: the most bytes of output that are read.
/// - Throws: when there is no such program, or it cannot be run.
package func filter(_ input: [UInt8], through words: [String], limit: Int = 64 << 20) throws(ChildProblem) -> Filtered {
  // Files, so that neither side waits for the other however much they write.
  let source = try namelessFile()
  defer { close(source) }
  let target = try namelessFile()
  defer { close(target) }
  var written = 0
  while written < input.count {
    // Safe: the range lies within the array for the length of the call.
    let count = unsafe input[written...].withUnsafeBytes { unsafe write(source, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { throw ChildProblem(call: "write", code: errno) }
    written += count
  }
  lseek(source, 0, SEEK_SET)
  let name = words[0].split(separator: "/").last.map(String.init) ?? words[0]
  let pid = try spawn([name] + words.dropFirst(), program: words[0], placing: [(source, 0), (target, 1)], sought: true)
  let status = waited(for: pid)
  var output: [UInt8] = []
  while output.count < limit {
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      // Safe: the buffer has the capacity that the call is told.
      count = unsafe max(0, pread(target, buffer.baseAddress, 1 << 16, off_t(output.count)))
    }
    guard !chunk.isEmpty else { break }
    output += chunk
  }
  return Filtered(output: output, exitCode: status & 0x7f == 0 ? status >> 8 & 0xff : nil)
}

/// A file that has no name any more and is gone with its descriptor.
private func namelessFile() throws(ChildProblem) -> Int32 {
  var template = Array("/tmp/culprit.XXXXXX".utf8CString)
  // Safe: the template is this function's own and ends with a NUL.
  let file = unsafe mkstemp(&template)
  guard file >= 0 else { throw ChildProblem(call: "mkstemp", code: errno) }
  _ = fcntl(file, F_SETFD, FD_CLOEXEC)
  unsafe unlink(template)
  return file
}
