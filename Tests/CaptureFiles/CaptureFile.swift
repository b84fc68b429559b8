package import Events
package import Foundation

/// The frames of one capture: a plain reader for tests, which knows classic pcap and pcapng as far as the captures in ../shared need it, and traps on what they
/// do not hold. The program's own reader, made for hostile files, is in Recording.
package struct CaptureFile {
  package struct Frame {
    package var bytes: ArraySlice<UInt8>
    package var wireLength: Int
    package var link: LinkType
    package var time: Instant
  }

  package private(set) var frames: [Frame] = []

  /// Reads `url`; a name that ends in .gz goes through gzip(1).
  /// - Returns: nil when it is neither pcap nor pcapng.
  package init?(_ url: URL) throws {
    let bytes = try url.pathExtension == "gz" ? Self.unpack(url) : [UInt8](Data(contentsOf: url))
    guard bytes.count >= 4 else { return nil }
    let file = Words(bytes: bytes)
    switch file.u32(0) {
    case 0xa1b2_c3d4, 0xa1b2_3c4d: readClassic(file)
    case 0x0a0d_0d0a: readBlocks(file)
    default:
      let swapped = Words(bytes: bytes, bigEndian: true)
      guard [0xa1b2_c3d4, 0xa1b2_3c4d].contains(swapped.u32(0)) else { return nil }
      readClassic(swapped)
    }
  }

  private static func unpack(_ url: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return [UInt8](data)
  }

  private mutating func readClassic(_ file: Words) {
    let unit: Int64 = file.u32(0) == 0xa1b2_3c4d ? 1 : 1000
    // The high half may tell the length of the frame check sequence.
    let link = LinkType(file.u32(20) & 0xffff)
    var offset = 24
    while offset + 16 <= file.bytes.count {
      let captured = Int(file.u32(offset + 8))
      let start = offset + 16
      guard start + captured <= file.bytes.count else { return }
      let time = Int64(file.u32(offset)) * 1_000_000_000 + Int64(file.u32(offset + 4)) * unit
      frames.append(
        Frame(
          bytes: file.bytes[start..<start + captured], wireLength: Int(file.u32(offset + 12)), link: link,
          time: Instant(nanoseconds: time)))
      offset = start + captured
    }
  }

  private mutating func readBlocks(_ start: Words) {
    var file = start
    var interfaces: [(link: LinkType, unit: Double, snap: Int)] = []
    var offset = 0
    while offset + 12 <= file.bytes.count {
      if file.u32(offset) == 0x0a0d_0d0a {
        file.bigEndian = file.bytes[offset + 8] == 0x1a
        interfaces = []
      }
      let length = Int(file.u32(offset + 4))
      guard length >= 12, offset + length <= file.bytes.count else { return }
      let body = offset + 8
      switch file.u32(offset) {
      case 1:
        let link = LinkType(UInt32(file.u16(body)))
        let unit = file.resolution(in: body + 8..<offset + length - 4)
        interfaces.append((link, unit, Int(file.u32(body + 4))))
      case 6:
        add(file, interfaces[Int(file.u32(body))], at: body + 4, start: body + 20)
      case 2:
        add(file, interfaces[Int(file.u16(body))], at: body + 4, start: body + 20)
      case 3:
        let wire = Int(file.u32(body))
        let snap = interfaces[0].snap == 0 ? Int.max : interfaces[0].snap
        let captured = min(wire, snap, length - 16)
        frames.append(
          Frame(
            bytes: file.bytes[body + 4..<body + 4 + captured], wireLength: wire, link: interfaces[0].link,
            time: Instant(nanoseconds: 0)))
      default: break
      }
      offset += (length + 3) & ~3
    }
  }

  private mutating func add(
    _ file: Words, _ interface: (link: LinkType, unit: Double, snap: Int), at offset: Int, start: Int
  ) {
    let ticks = UInt64(file.u32(offset)) << 32 | UInt64(file.u32(offset + 4))
    let captured = Int(file.u32(offset + 8))
    frames.append(
      Frame(
        bytes: file.bytes[start..<start + captured], wireLength: Int(file.u32(offset + 12)), link: interface.link,
        time: Instant(nanoseconds: Int64(exactly: (Double(ticks) * interface.unit).rounded()) ?? .max)))
  }
}

/// Integers in one byte order.
private struct Words {
  var bytes: [UInt8]
  var bigEndian = false

  func u16(_ offset: Int) -> UInt16 {
    let (a, b) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
    return bigEndian ? a << 8 | b : b << 8 | a
  }

  func u32(_ offset: Int) -> UInt32 {
    let (a, b) = (UInt32(u16(offset)), UInt32(u16(offset + 2)))
    return bigEndian ? a << 16 | b : b << 16 | a
  }

  /// Nanoseconds a tick, as an interface's `if_tsresol` has it; microseconds without one.
  func resolution(in options: Range<Int>) -> Double {
    var offset = options.lowerBound
    while offset + 4 <= options.upperBound {
      let (code, length) = (u16(offset), Int(u16(offset + 2)))
      if code == 0 { break }
      if code == 9 {
        let value = bytes[offset + 4]
        return value & 0x80 == 0 ? pow(10, 9 - Double(value)) : 1e9 / pow(2, Double(value & 0x7f))
      }
      offset += 4 + (length + 3) & ~3
    }
    return 1000
  }
}
