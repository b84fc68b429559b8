import Bytes
import Events
import Foundation
package import Recording
import Support

/// A capture in pieces, each a block or a record: what the mutator damages.
package struct AnnotatedCapture: Sendable {
  package enum Format: Sendable {
    /// pcapng's blocks: type, length, body, length.
    case blocks
    /// pcap's header and records.
    case records

    /// Where a piece may be damaged without its frame being lost.
    func content(of count: Int) -> Range<Int> {
      switch self {
      case .blocks: 8..<max(8, count - 4)
      case .records: min(16, count)..<count
      }
    }
  }

  package var name: String
  package var format: Format
  package var records: [[UInt8]]
  package var bytes: [UInt8] { records.flatMap { $0 } }

  /// Blocks of a pcapng in little-endian order: the first so many, and the last, which say what was lost.
  package init(_ name: String, pcapng bytes: [UInt8], first: Int, last: Int) {
    var blocks: [[UInt8]] = []
    var at = 0
    while at + 12 <= bytes.count {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[at + 4 + $1]) << (8 * $1) }
      guard length >= 12, at + length <= bytes.count else { break }
      blocks.append(Array(bytes[at..<at + length]))
      at += length
    }
    self.name = name
    format = .blocks
    records = Array(blocks.prefix(first)) + Array(blocks.dropFirst(first).suffix(last))
  }

  private init(_ name: String, _ format: Format, _ records: [[UInt8]]) {
    (self.name, self.format, self.records) = (name, format, records)
  }

  /// Every form in which a capture says whose its packets are: Culprit's recording, and some of its packets as Darwin's, ptcpdump and
  /// rustnet would have written them.
  package static func all(of recording: String) throws(CaptureFileError) -> [AnnotatedCapture] {
    var reader = try RecordingReader(path: recording)
    var frames: [[UInt8]] = []
    while frames.count < 40, let item = try reader.next() {
      if case .packet = item { frames.append(reader.bytes.copy(0..<reader.bytes.byteCount)) }
    }
    let darwin = frames.indices.map { [option(0x8001, little(UInt32($0 % 3))), option(0x8003, little(UInt32(1)))] }
    let processes = [(311, "mDNSResponder"), (802, "Safari"), (0, "kernel_task")].map { pid, name in
      block(0x8000_0001, little(UInt32(pid)) + option(2, Array(name.utf8)) + option(3, Array("/usr/\(name)".utf8)))
    }
    let ptcpdump = frames.indices.map { number in
      [
        option(1, Array("PID: \(100 + number)\nCmd: /usr/bin/curl\nArgs: curl http://10.0.0.1".utf8)),
        option(1, Array("ThreadId: \(number)\nUserId: 1000\nParentPID: 1\nParentCmd: bash".utf8)),
      ]
    }
    let rustnet = frames.indices.map { number in
      [option(1, Array("rustnet process=curl pid=\(number) ppid=1 uid=1000 attr=exact-tuple direction=outgoing".utf8))]
    }
    return [
      AnnotatedCapture("darwin", .blocks, [section, interface] + processes + packets(frames, darwin)),
      AnnotatedCapture("ptcpdump", .blocks, [section, interface] + packets(frames, ptcpdump)),
      AnnotatedCapture("rustnet", .blocks, [section, interface] + packets(frames, rustnet)),
      AnnotatedCapture("pktap", .records, [pcapHeader] + frames.map(pktap)),
    ]
  }

  private static let section = block(
    0x0a0d_0d0a, little(UInt32(0x1a2b_3c4d)) + little(UInt16(1)) + little(UInt16(0)) + little(UInt64.max))
  private static let interface = block(
    1, little(UInt16(1)) + little(UInt16(0)) + little(UInt32(0)) + option(2, Array("en0".utf8)) + option(9, [9]))

  private static func packets(_ frames: [[UInt8]], _ options: [[[UInt8]]]) -> [[UInt8]] {
    zip(frames, options).enumerated().map { number, packet in
      let (frame, options) = packet
      let fields = little(UInt32(0)) + little(UInt32(0)) + little(UInt32(number)) + little(UInt32(frame.count))
      let all = options + [option(2, little(UInt32(2))), little(UInt32(0))]
      return block(6, fields + little(UInt32(frame.count)) + padded(frame) + all.flatMap { $0 })
    }
  }

  /// Microseconds, little-endian, link type 258.
  private static let pcapHeader =
    little(UInt32(0xa1b2_c3d4)) + little(UInt16(2)) + little(UInt16(4)) + little(UInt64(0)) + little(UInt32(1 << 18))
    + little(UInt32(258))

  /// A record with a PKTAP header (`DarwinOwner.swift` has its layout).
  private static func pktap(_ frame: [UInt8]) -> [UInt8] {
    func text(_ name: String, _ count: Int) -> [UInt8] {
      Array((Array(name.utf8) + [UInt8](repeating: 0, count: count)).prefix(count))
    }
    var header = little(UInt32(108)) + little(UInt32(1)) + little(UInt32(1)) + text("en0", 24)
    for number: UInt32 in [2, 2, 14, 0, 311] { header += little(number) }
    header += text("mDNSResponder", 20) + little(UInt64(0)) + little(UInt32(802)) + text("Safari", 20)
    let length = little(UInt32(header.count + frame.count))
    return little(UInt32(1)) + little(UInt32(2)) + length + length + header + frame
  }

  private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
    let body = padded(body)
    let length = little(UInt32(body.count + 12))
    return little(type) + length + body + length
  }

  private static func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    little(code) + little(UInt16(value.count)) + padded(value)
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<MemoryLayout<T>.size).map { UInt8(truncatingIfNeeded: value >> (8 * T($0))) }
  }
}

extension AnnotatedCapture {
  /// The sample recording of the repository, cut so that a trial is short, and the other forms with its packets.
  package static func corpus() throws -> [AnnotatedCapture] {
    let path = Lab.repository + "/captures/srg.pcapng"
    let own = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    return [
      AnnotatedCapture("beginning", pcapng: own, first: 60, last: 16),
      AnnotatedCapture("recording", pcapng: own, first: 200, last: 16),
    ] + (try all(of: path))
  }
}
