import Support

/// Damages captures. The same seed and corpus give the same bytes.
package struct RecordingMutator: Sendable {
  private let corpus: [AnnotatedCapture]

  package init(_ corpus: [AnnotatedCapture]) { self.corpus = corpus }

  private typealias Generator = RandomProgram.Generator

  /// A capture of the corpus with one to six changes, and its name. Most changes leave the frame of the blocks whole, so that what reads
  /// their content sees them.
  package func bytes(seed: UInt64) -> (name: String, bytes: [UInt8]) {
    var random = Generator(seed: seed)
    let victim = corpus[Int.random(in: 0..<corpus.count, using: &random)]
    var records = victim.records
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let at = Int.random(in: 0..<records.count, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: records.remove(at: at)
      case 1: records.insert(records[at], at: Int.random(in: 0...records.count, using: &random))
      case 2: records.swapAt(at, Int.random(in: 0..<records.count, using: &random))
      case 3: grow(&records[at], victim.format, &random)
      default: damage(&records[at], within: victim.format.content(of: records[at].count), &random)
      }
      if records.isEmpty { records = victim.records }
    }
    var bytes = records.flatMap { $0 }
    if Int.random(in: 0..<6, using: &random) == 0 {
      damage(&bytes, within: 0..<bytes.count, &random)
      bytes.removeLast(Int.random(in: 0..<min(200, bytes.count), using: &random))
    }
    return (victim.name, bytes)
  }

  /// Overwrites some bytes.
  private func damage(_ bytes: inout [UInt8], within range: Range<Int>, _ random: inout Generator) {
    guard !range.isEmpty else { return }
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: range, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: for index in at..<min(range.upperBound, at + 4) { bytes[index] = 0xff }
      case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes[at] = bytes[Int.random(in: range, using: &random)]
      default: bytes[at] = .random(in: 0...255, using: &random)
      }
    }
  }

  /// Puts bytes in or takes some out, the lengths around them kept true.
  private func grow(_ record: inout [UInt8], _ format: AnnotatedCapture.Format, _ random: inout Generator) {
    let range = format.content(of: record.count)
    guard format == .blocks, !range.isEmpty else { return damage(&record, within: range, &random) }
    let at = Int.random(in: range, using: &random) & ~3
    if Bool.random(using: &random) {
      let more = 4 * Int.random(in: 1...16, using: &random)
      record.insert(contentsOf: (0..<more).map { _ in UInt8.random(in: 0...255, using: &random) }, at: at)
    } else {
      record.removeSubrange(at..<min(range.upperBound, at + 4 * Int.random(in: 1...8, using: &random)))
    }
    let length = UInt32(record.count)
    for byte in 0..<4 {
      record[4 + byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(byte)))
      record[record.count - 4 + byte] = record[4 + byte]
    }
  }
}
