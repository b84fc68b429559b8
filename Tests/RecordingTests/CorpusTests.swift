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

  @Test(.enabled(if: installed("tshark")), arguments: readableCorpus)
  func `every packet has the time and the lengths that tshark prints`(sample: Sample) throws {
    let outcome = try run(
      "tshark",
      ["-n", "-r", sample.path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len"])
    let theirs = outcome.output.split(separator: "\n").map { row -> String in
      let fields = row.split(separator: "\t")
      let time = fields[0].split(separator: ".")
      let fraction = (time.count > 1 ? String(time[1]) : "").padding(toLength: 9, withPad: "0", startingAt: 0)
      return "\(Int64(time[0])! * 1_000_000_000 + Int64(fraction)!) \(fields[1]) \(fields[2])"
    }
    let ours = contents(sample.path).lines.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
    #expect(ours == theirs)
  }

  @Test func `a snoop file is named as what it is`() throws {
    let sample = try #require(corpus.first { $0.format == "snoop" })
    #expect(contents(sample.path).error == .unsupported(path: sample.path, format: "snoop"))
  }

  @Test(arguments: readableCorpus.filter { !$0.name.hasSuffix(".gz") })
  func `a compressed capture reads as the plain one`(sample: Sample) throws {
    let folder = try TemporaryFolder()
    let original = try bytes(ofFile: sample.path)
    let plain = contents(sample.path)
    for level in ["-1", "-9"] {
      let copy = try folder.file("copy\(level)", original)
      #expect(try run("gzip", [level, copy]).status == 0)
      let packed = contents(copy + ".gz")
      #expect(packed.lines == plain.lines)
      #expect(packed.error == plain.error)
    }
  }
}
