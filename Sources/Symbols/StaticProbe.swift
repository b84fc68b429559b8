import Bytes
import Events
import Files

/// A place that a program marks for tracers, as the notes of <sys/sdt.h> tell it (SystemTap wiki, "UserSpaceProbeImplementation"): an
/// instruction that does nothing, and where the probe's arguments are when it comes by.
package struct StaticProbe: Sendable, Hashable {
  package var provider: String
  package var name: String
  /// Of the instruction, in the file's own terms.
  var address: UInt64
  /// The same in bytes from the file's first.
  package var offset: UInt64
  /// Of the counter of those who listen, in the same way; 0 where there is none.
  package var semaphore: UInt64
  /// `8@%rdi -4@12(%rsp)`: each argument's size, negative for signed, and its operand in the assembler's words. What lies at a symbol of
  /// the file, `8@count+4(%rip)`, lies so many bytes from the instruction: `8@8200(%rip)`.
  package var operands: String
}

extension StaticProbe {
  /// More than any honest program marks.
  private static let limit = 1 << 16

  /// The probes of a file in the order of its notes; those whose notes make no sense are passed over.
  package static func all(inFile path: String) -> [StaticProbe] {
    guard let file = try? FileReader(path), let headers = try? ELFHeaders(file) else { return [] }
    var found: [StaticProbe] = []
    // SHT_NOTE
    for section in headers.sections where section.type == 7 {
      guard let table = try? file.bytes("notes", at: section.offset, count: section.size, limit: 16 << 20) else {
        continue
      }
      let bytes = RawSpan(_elements: table.span)
      var position = 0
      while position + 12 <= bytes.byteCount, found.count < limit {
        let nameSize = Int(bytes.littleEndian(UInt32.self, at: position))
        let size = Int(bytes.littleEndian(UInt32.self, at: position + 4))
        let type = bytes.littleEndian(UInt32.self, at: position + 8)
        let start = position + 12 + (nameSize + 3) / 4 * 4
        guard start <= bytes.byteCount, size <= bytes.byteCount - start else { break }
        if type == 3, nameSize == 8, table[position + 12..<position + 20].elementsEqual(Array("stapsdt\0".utf8)),
          let probe = headers.staticProbe(Array(table[start..<start + size]))
        {
          found.append(probe)
        }
        position = start + (size + 3) / 4 * 4
      }
    }
    return headers.resolved(found, file)
  }
}

extension CodeObject {
  /// The function that holds the byte at `offset` of the file.
  package func function(atOffset offset: UInt64) -> Function? {
    functions.first { $0.offset <= offset && offset - $0.offset < $0.size }
  }
}

extension ELFHeaders {
  /// A note's words are the instruction's address, that of the section .stapsdt.base when the file was linked, and the semaphore's; then
  /// come the provider, the name and the operands, each with a NUL. No linker has moved a file's code since prelink(8).
  fileprivate func staticProbe(_ note: [UInt8]) -> StaticProbe? {
    guard note.count > 24 else { return nil }
    let bytes = RawSpan(_elements: note.span)
    let words = note[24...].split(separator: 0, omittingEmptySubsequences: false)
    let address = bytes.littleEndian(UInt64.self, at: 0)
    guard words.count >= 3, !words[0].isEmpty, !words[1].isEmpty, let offset = offset(ofAddress: address) else {
      return nil
    }
    let semaphore = bytes.littleEndian(UInt64.self, at: 16)
    let text = { (bytes: ArraySlice<UInt8>) in printable(Array(bytes.prefix(4096))) }
    return StaticProbe(
      provider: text(words[0]), name: text(words[1]), address: address, offset: offset,
      semaphore: semaphore == 0 ? 0 : fileOffset(ofAddress: semaphore) ?? 0, operands: text(words[2]))
  }

  /// Where the byte at an address lies in the file, code or data.
  private func fileOffset(ofAddress address: UInt64) -> UInt64? {
    segments.first { address >= $0.address && address - $0.address < $0.fileSize }
      .map { address - $0.address + $0.fileOffset }
  }
}
