import Events
import Foundation
import Recording
import Testing

/// Cut-off, corrupt and foreign files: everything before the damage, then one error.
struct DamageTests {
  /// Big-endian or little-endian blocks by hand.
  struct Blocks {
    var bytes: [UInt8] = []
    let big: Bool
    init(big: Bool = false) { self.big = big }

    func integer<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
      unsafe withUnsafeBytes(of: big ? value.bigEndian : value.littleEndian) { unsafe Array($0) }
    }

    mutating func block(_ type: UInt32, _ body: [UInt8], length: UInt32? = nil) {
      let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
      let length = length ?? UInt32(padded.count + 12)
      bytes += integer(type) + integer(length) + padded + integer(length)
    }

    mutating func section() {
      block(0x0a0d_0d0a, integer(UInt32(0x1a2b_3c4d)) + integer(UInt16(1)) + integer(UInt16(0)) + integer(Int64(-1)))
    }

    mutating func interface(_ options: [UInt8] = [], linkType: UInt16 = 1, snap: UInt32 = 0) {
      block(1, integer(linkType) + integer(UInt16(0)) + integer(snap) + options)
    }

    func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
      integer(code) + integer(UInt16(value.count)) + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    mutating func packet(
      _ interface: UInt32, ticks: UInt64, _ data: [UInt8], captured: UInt32? = nil, options: [UInt8] = []
    ) {
      let padding = [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
      block(
        6,
        integer(interface) + integer(UInt32(ticks >> 32)) + integer(UInt32(truncatingIfNeeded: ticks))
          + integer(captured ?? UInt32(data.count)) + integer(UInt32(data.count)) + data + padding + options)
    }
  }

  func read(_ bytes: [UInt8]) throws -> Contents {
    let folder = try TemporaryFolder()
    return contents(try folder.file("file", bytes))
  }

  @Test(arguments: [false, true])
  func `sections, interfaces, packets old and simple, and unknown blocks are read in either byte order`(big: Bool)
    throws
  {
    var file = Blocks(big: big)
    file.section()
    file.interface(file.option(2, Array("one".utf8)) + file.option(9, [9]) + file.integer(UInt32(0)))
    // 2^-10 seconds, beginning at 1000.
    file.interface(file.option(9, [0x8a]) + file.option(14, file.integer(Int64(1000))), linkType: 101)
    file.block(0x1234, [1, 2, 3, 4])
    file.block(0xbad, file.integer(UInt32(99)) + [1, 2, 3, 4, 5])
    file.block(9, Array("__REALTIME_TIMESTAMP=1\nMESSAGE=other\n".utf8))
    file.packet(0, ticks: 1_700_000_000_000_000_001, [1, 2, 3, 4, 5], options: file.option(2, file.integer(UInt32(2))))
    file.packet(1, ticks: 512, [1, 2])
    file.block(3, file.integer(UInt32(3)) + [7, 8, 9])
    file.block(
      2,
      file.integer(UInt16(1)) + file.integer(UInt16(0)) + file.integer(UInt32(0)) + file.integer(UInt32(1024))
        + file.integer(UInt32(1)) + file.integer(UInt32(60)) + [5])
    file.block(5, file.integer(UInt32(1)) + file.integer(UInt64(0)) + file.option(4, file.integer(UInt64(12))))
    var second = Blocks(big: !big)
    second.section()
    second.interface(linkType: 113, snap: 2)
    second.packet(0, ticks: 5, [9])
    second.block(3, second.integer(UInt32(4)) + [1, 2])
    let found = try read(file.bytes + second.bytes)
    #expect(found.error == nil && found.damaged == 0)
    #expect(found.order == "iipppptipp")
    #expect(
      found.frames.map { $0.time.nanoseconds } == [
        1_700_000_000_000_000_001, 1_000_500_000_000, 0, 1_001_000_000_000, 5000, 0,
      ])
    #expect(found.bytes == [[1, 2, 3, 4, 5], [1, 2], [7, 8, 9], [5], [9], [1, 2]])
    #expect(found.frames.map(\.wireLength) == [5, 2, 3, 60, 1, 4])
    #expect(found.frames.map(\.interface) == [0, 1, 0, 1, 2, 2])
    #expect(found.frames.map { $0.linkType.number } == [1, 101, 1, 101, 113, 113])
    #expect(found.frames[0].direction == .outbound)
    #expect(found.interfaces[0].fullName == "one")
    #expect(found.statistics.map(\.interface) == [1] && found.statistics[0].received == 12)
  }

  @Test(arguments: ["pcap", "pcapng", "gzip"])
  func `every prefix of a file gives the packets that are whole in it, then says what is missing`(kind: String) throws {
    let folder = try TemporaryFolder()
    var path = folder.path("whole.pcapng")
    if kind == "pcap" {
      let sample = try #require(corpus.first { $0.name == "libpcap-isup_load_generator.pcap" })
      path = sample.path
    } else {
      _ = try writeSample(path, packets: 4)
      if kind == "gzip" {
        #expect(try run("gzip", ["-k", path]).status == 0)
        path += ".gz"
      }
    }
    let whole = contents(path)
    let all = try bytes(ofFile: path)
    var complete = 0
    // A cut now and then, and all of them at both ends.
    for count in 0..<all.count where count < 300 || count > all.count - 100 || count % 61 == 0 {
      let found = contents(try folder.file("cut", Array(all.prefix(count))))
      #expect(found.lines == Array(whole.lines.prefix(found.packets)))
      #expect(found.events == Array(whole.events.prefix(found.events.count)))
      switch found.error {
      case nil: complete += 1
      case .truncated(_, let offset, let needed, let available):
        #expect(available < needed)
        if kind != "gzip" { #expect(offset + Int64(available) == Int64(count)) }
      case .compression(_, .truncated) where kind == "gzip": break
      case .notACapture where count < 4: break
      case let other?: Issue.record("cut at \(count): \(other)")
      }
    }
    // Only at the ends of blocks and records is a cut file a whole one.
    #expect(complete < 20)
  }

  @Test func `damage in a block is named by its place and what is wrong, after the packets before it`() throws {
    func file(_ damage: (inout Blocks) -> Void) throws -> (Contents, Int64) {
      var file = Blocks()
      file.section()
      file.interface()
      file.packet(0, ticks: 1, [1, 2, 3])
      let offset = Int64(file.bytes.count)
      damage(&file)
      file.packet(0, ticks: 2, [4])
      return (try read(file.bytes), offset)
    }
    let epb = CaptureFileError.Part.block(6)
    var (found, offset) = try file { $0.packet(7, ticks: 0, [1]) }
    #expect(found.packets == 1 && found.error == .unknownInterface(offset: offset, interface: 7, known: 1))
    (found, offset) = try file { $0.packet(0, ticks: 0, [1], captured: 5) }
    #expect(found.packets == 1)
    #expect(found.error == .inconsistent(epb, offset: offset, field: "captured length", value: 5))
    (found, offset) = try file { $0.packet(0, ticks: 0, [1], captured: .max) }
    #expect(found.error == .inconsistent(epb, offset: offset, field: "captured length", value: 0xffff_ffff))
    for length in [UInt32(0), 4, 8, 11, 13, 34] {
      (found, offset) = try file { $0.block(6, [UInt8](repeating: 0, count: 20), length: length) }
      #expect(found.packets == 1)
      #expect(found.error == .inconsistent(epb, offset: offset, field: "length", value: UInt64(length)))
    }
    (found, offset) = try file { $0.block(6, [0, 0, 0, 0]) }
    #expect(found.error == .inconsistent(epb, offset: offset, field: "length", value: 16))
    (found, offset) = try file { $0.block(0x77, [], length: 0xffff_fffc) }
    #expect(found.error == .tooLong(.block(0x77), offset: offset, length: 0xffff_fffc, limit: 16 << 20))
    (found, offset) = try file {
      $0.block(0x77, [1, 2, 3, 4])
      $0.bytes[$0.bytes.count - 4] = 20
    }
    #expect(found.error == .inconsistent(.block(0x77), offset: offset, field: "trailing length", value: 20))
    (found, offset) = try file { $0.block(0x0a0d_0d0a, [UInt8](repeating: 1, count: 16)) }
    #expect(
      found.error == .inconsistent(.block(0x0a0d_0d0a), offset: offset, field: "byte-order magic", value: 0x0101_0101))
    #expect(
      "\(try #require(found.error))"
        == "damaged: a section header block at byte \(offset) has byte-order magic 16843009")
  }

  @Test func `options that leave their block cost the options, not the packet`() throws {
    var file = Blocks()
    file.section()
    file.interface()
    file.packet(0, ticks: 1, [1], options: file.integer(UInt16(2)) + file.integer(UInt16(400)))
    file.packet(
      0, ticks: 2, [2], options: file.option(2989, file.integer(UInt32(32473)) + Array("Cu".utf8) + [1, 7, 0, 0, 9, 0]))
    file.packet(0, ticks: 3, [3])
    let found = try read(file.bytes)
    #expect(found.error == nil)
    #expect(found.packets == 3)
    #expect(found.damaged == 1)
    #expect(found.owners == [nil, nil, nil])
  }

  @Test func `a damaged event costs itself`() throws {
    var file = Blocks()
    file.section()
    file.interface()
    for raw in ["!!!!", "AQ", "AgAA", "AQE="] {
      file.block(9, Array("__REALTIME_TIMESTAMP=1\nCULPRIT_RAW=\(raw)\n".utf8))
    }
    file.packet(0, ticks: 1, [1])
    let found = try read(file.bytes)
    #expect(found.error == nil && found.packets == 1 && found.events.isEmpty)
    #expect(found.damaged == 4)
  }

  @Test func `option 8 of another program is an owner by number only`() throws {
    var file = Blocks()
    file.section()
    file.interface()
    file.packet(0, ticks: 1, [1], options: file.option(8, file.integer(UInt32(12)) + file.integer(UInt32(13))))
    let owner = try #require(try read(file.bytes).owners[0])
    #expect(owner.actor?.process == ProcessID(pid: 12, start: 0) && owner.actor?.thread == 13)
    #expect(owner.confidence == .low && owner.reason == "epb_processid_threadid")
  }

  @Test func `files that are no captures are refused by name`() throws {
    let folder = try TemporaryFolder()
    func error(_ bytes: [UInt8]) throws -> CaptureFileError? { contents(try folder.file("f", bytes)).error }
    let path = folder.path("f")
    #expect(try error([]) == .truncated(.fileHeader, offset: 0, needed: 4, available: 0))
    #expect(try error([0xd4, 0xc3]) == .truncated(.fileHeader, offset: 0, needed: 4, available: 2))
    #expect(try error([0xd4, 0xc3, 0xb2, 0xa1, 2]) == .truncated(.fileHeader, offset: 0, needed: 24, available: 5))
    #expect(try error(Array("#!/bin/sh\n".utf8)) == .notACapture(path: path, firstBytes: Array("#!/bin/s".utf8)))
    #expect(try error([0x28, 0xb5, 0x2f, 0xfd, 0]) == .unsupported(path: path, format: "zstd"))
    #expect(try error([0x1f, 0x8b, 9, 0]) == .compression(offset: 0, .header))
    #expect(
      try error([0xd4, 0xc3, 0xb2, 0xa1, 3, 0] + [UInt8](repeating: 0, count: 18))
        == .inconsistent(.fileHeader, offset: 4, field: "version", value: 3))
    #expect("\(contents("/nonexistent/x.pcap").error!)" == "open /nonexistent/x.pcap: No such file or directory")
    #expect("\(contents(FileManager.default.temporaryDirectory.path).error!)".hasSuffix(": Is a directory"))
  }

  @Test func `a pcap record longer than any packet is damage, not an allocation`() throws {
    let header: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 12) + [1, 0, 0, 0]
    let record: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]
    let found = try read(header + record)
    #expect(found.error == .tooLong(.packetRecord, offset: 24, length: 0x7fff_ffff, limit: 16 << 20))
  }

  @Test func `a pipe is read as a file is, however the bytes arrive`() throws {
    let sample = try #require(corpus.first { $0.name == "zeek-bro.org.pcap" })
    let folder = try TemporaryFolder()
    let pipe = folder.path("pipe")
    #expect(try run("mkfifo", [pipe]).status == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "dd bs=777 if='\(sample.path)' of='\(pipe)' 2>/dev/null"]
    try process.run()
    let found = contents(pipe)
    process.waitUntilExit()
    #expect(found.error == nil)
    #expect(found.lines == contents(sample.path).lines)
  }

  /// Captures of each format, small enough to be damaged many times.
  static let victims = [
    "pcap-parser-test017-be.pcapng", "pcap-parser-modified-format.pcap", "pcapplusplus-nanosecs_big_endian.pcap",
    "tcpdump-vsock-1.pcapng", "pcapplusplus-many_interfaces-1.pcapng", "zeek-smb_many_open_files_500.pcap.gz",
  ]

  @Test(arguments: 0..<8)
  func `flipped, cut and inserted bytes are read or refused, never trapped`(seed: UInt64) throws {
    var random = Seeded(seed)
    let folder = try TemporaryFolder()
    _ = try writeSample(folder.path("own.pcapng"), packets: 12)
    var originals = [try bytes(ofFile: folder.path("own.pcapng"))]
    for name in Self.victims where !corpus.isEmpty { originals.append(try bytes(ofFile: corpusFolder + "/" + name)) }
    var refused = 0
    for _ in 0..<100 {
      var bytes = originals.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &random)))
        case 1: bytes.insert(contentsOf: [UInt8](repeating: .random(in: 0...255, using: &random), count: 4), at: index)
        case 2: for step in index..<min(bytes.count, index + 4) { bytes[step] = 0xff }
        default: bytes[index] = .random(in: 0...255, using: &random)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let found = contents(try folder.file("damaged", bytes))
      if found.error != nil { refused += 1 }
    }
    #expect(refused > 15)
  }
}
