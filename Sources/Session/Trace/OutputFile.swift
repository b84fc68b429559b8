import Answers
import Files
import Glibc

/// Where output goes after freopen(): a file of the program's own, or nowhere else than at first.
///
/// A class, since closures that write share it.
final class OutputFile {
  /// A file that freopen() named.
  private final class Opened {
    let name: String
    let descriptor: Int32
    /// The link type of the packets in it, once it holds some: then it is a capture file, and no text goes to it.
    var linkType: UInt32?
    var hasText = false

    init(_ name: String) throws(FileError) {
      descriptor = try openAnew(name)
      self.name = name
    }
    deinit { _ = Glibc.close(descriptor) }
  }

  private var current: Opened?
  /// Files that hold packets stay open: a clause that names one again goes on with it.
  private var captures: [String: Opened] = [:]
  /// Where the output goes at first.
  private let standard: Int32

  /// More files of packets than a process may have open by default.
  private static let mostCaptures = 512

  init(standard: Int32) { self.standard = standard }

  /// Nil when the output goes where it went at first; else whether the file took the bytes.
  func write(_ bytes: RawSpan) -> Bool? {
    guard let current, current.linkType == nil else { return nil }
    current.hasText = true
    return Files.write(bytes, to: current.descriptor)
  }

  /// Writes a packet to the file, or its dump with `print` where there is none.
  /// - Returns: what is wrong.
  func write(_ packet: CapturedPacket, snapLength: Int, print: (RawSpan) -> Void) -> String? {
    guard let current else {
      let dump = packet.dump
      print(RawSpan(_elements: dump.span))
      return nil
    }
    if current.hasText { return "pcap(): \"\(current.name)\" holds text" }
    var bytes: [UInt8] = []
    if let linkType = current.linkType {
      guard linkType == packet.linkType else {
        return "pcap(): \"\(current.name)\" holds packets of link type \(linkType), not \(packet.linkType)"
      }
    } else {
      guard captures.count < Self.mostCaptures else { return "pcap(): more than \(Self.mostCaptures) files" }
      current.linkType = packet.linkType
      captures[current.name] = current
      bytes = packet.fileHeader(snapLength: snapLength)
    }
    bytes += packet.record
    return Files.write(RawSpan(_elements: bytes.span), to: current.descriptor)
      ? nil : "pcap(): failed to write \"\(current.name)\""
  }

  /// Sends the output to a file, which is made or emptied unless it holds packets; to where it went at first when there is no name.
  /// - Returns: what is wrong, in dtrace's words; then the output goes where it went before.
  func reopen(_ path: [UInt8]) -> String? {
    let name = String(decoding: path, as: UTF8.self)
    if path.isEmpty || captures[name] != nil {
      current = captures[name]
      return nil
    }
    do throws(FileError) {
      current = try Opened(name)
      return nil
    } catch {
      return "couldn't freopen() \"\(name)\": \(error.reason)"
    }
  }

  /// Empties the file that the output goes to, where it is one.
  func truncate() -> String? {
    if let current {
      captures[current.name] = nil
      (current.linkType, current.hasText) = (nil, false)
    }
    _ = ftruncate(current?.descriptor ?? standard, 0)
    _ = lseek(current?.descriptor ?? standard, 0, SEEK_SET)
    return nil
  }
}
