import Foundation
import Recording
import Testing

/// The shared captures against their MANIFEST and against Wireshark's own programs.
@Suite(.enabled(if: !readableCorpus.isEmpty))
struct CorpusTests {
  @Test(arguments: readableCorpus)
  func `every capture has the packets its MANIFEST counts`(sample: Sample) {
    let found = contents(sample.path)
    #expect(found.error == nil)
    #expect(found.packets == sample.packets)
    #expect(found.damaged == 0)
  }

  /// All but the one with a fraction of 1,159 seconds, of which tshark keeps 32 bits of nanoseconds, and whose four
  /// bytes of ATM pseudo-header it does not count.
  @Test(
    .enabled(if: installed("tshark")),
    arguments: readableCorpus.filter { $0.name != "tcpdump-atm-oam-loopback-print-overrun.pcap" })
  func `every packet has the time and the lengths that tshark prints`(sample: Sample) throws {
    let outcome = try run(
      "tshark",
      ["-n", "-r", sample.path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len"])
    // tshark gives custom blocks a row too, without a time.
    let theirs = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("\t") }.map { row in
      // The year 2554 and later is the last instant to us.
      row.hasPrefix("18446744073") ? "9223372036.854775807" + row[row.firstIndex(of: "\t")!...] : String(row)
    }
    let ours = contents(sample.path).lines.map { line -> String in
      let fields = line.split(separator: " ")
      let (seconds, fraction) = Int64(fields[0])!.quotientAndRemainder(dividingBy: 1_000_000_000)
      return "\(seconds).\(String(1_000_000_000 + fraction).dropFirst())\t\(fields[1])\t\(fields[2])"
    }
    #expect(ours == theirs)
  }

  @Test func `a snoop file is named as what it is`() throws {
    let sample = try #require(corpus.first { $0.format == "snoop" })
    #expect(contents(sample.path).error == .unsupported(path: sample.path, format: "snoop"))
  }

  /// Those of up to 200 kB: inflating is slow without optimization.
  @Test(arguments: readableCorpus.filter { !$0.name.hasSuffix(".gz") && $0.bytes <= 200_000 })
  func `a compressed capture reads as the plain one`(sample: Sample) throws {
    let folder = try TemporaryFolder()
    let original = try bytes(ofFile: sample.path)
    let plain = contents(sample.path)
    let copy = try folder.file("copy", original)
    // Stored, fixed and dynamic blocks all come up over the corpus.
    #expect(try run("gzip", [original.count % 2 == 0 ? "-1" : "-9", copy]).status == 0)
    let packed = contents(copy + ".gz")
    #expect(packed.lines == plain.lines)
    #expect(packed.error == plain.error)
  }
}
