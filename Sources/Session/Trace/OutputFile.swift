import Files
import Glibc

/// Where output goes after freopen(): a file of the program's own, or nowhere else than at first.
///
/// A class, since closures that write share it.
final class OutputFile {
  private var descriptor: Int32?
  /// Where the output goes at first.
  private let standard: Int32

  init(standard: Int32) { self.standard = standard }

  /// Nil when the output goes where it went at first; else whether the file took the bytes.
  func write(_ bytes: RawSpan) -> Bool? { descriptor.map { Files.write(bytes, to: $0) } }

  /// Sends the output to a file, which is made or emptied; to where it went at first when there is no name.
  /// - Returns: what is wrong, in dtrace's words; then the output goes where it went before.
  func reopen(_ path: [UInt8]) -> String? {
    if path.isEmpty {
      close()
      return nil
    }
    let name = String(decoding: path, as: UTF8.self)
    do {
      let opened = try openAnew(name)
      close()
      descriptor = opened
      return nil
    } catch {
      return "couldn't freopen() \"\(name)\": \(error.reason)"
    }
  }

  /// Empties the file that the output goes to, where it is one.
  func truncate() -> String? {
    _ = ftruncate(descriptor ?? standard, 0)
    _ = lseek(descriptor ?? standard, 0, SEEK_SET)
    return nil
  }

  private func close() {
    if let descriptor { _ = Glibc.close(descriptor) }
    descriptor = nil
  }

  deinit { close() }
}
