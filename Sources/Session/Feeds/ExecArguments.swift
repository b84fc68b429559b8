import Files

/// What execve was given, one by one. The kernel's record has their first bytes with blanks between, as `curpsinfo->pr_psargs` has
/// them; /proc has them whole, unless the process has become another program or ended since.
///
/// What was cut ends with `cutMark` in the place of what is missing.
/// - Parameters:
///   - text: of the kernel's record.
///   - line: of /proc/PID/cmdline, NULs between; nil when there is none.
func execArguments(_ text: [UInt8], line: [UInt8]?) -> [[UInt8]] {
  if var line, !line.isEmpty {
    let isCut = line.count > cutLength
    if isCut { line.removeLast(line.count - cutLength) }
    if line.last == 0 { line.removeLast() }
    // The same program's, as far as the record reaches; its blanks may have been blanks or NULs.
    let joined = line.prefix(text.count).map { $0 == 0 ? blank : $0 }
    if joined.elementsEqual(text.prefix(line.count)), line.count >= text.count {
      let arguments = line.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
      return isCut ? arguments + [cutMark] : arguments
    }
  }
  let words = text.split(separator: blank).map { Array($0) }
  return text.count >= recordLength ? words + [cutMark] : words
}

/// The arguments of a process that has just become another program.
func execArguments(_ text: [UInt8], of pid: UInt32) -> [[UInt8]] {
  execArguments(text, line: try? readFile("/proc/\(pid)/cmdline", limit: cutLength + 1))
}

private let blank = UInt8(ascii: " ")
/// Bytes of all arguments that are kept.
private let cutLength = 16 << 10
/// Bytes that the kernel's record holds at most.
private let recordLength = 79
private let cutMark = Array("…".utf8)
