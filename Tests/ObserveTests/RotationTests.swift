import Foundation
import Glibc
import Support
import Testing

/// `culprit record -C`, `-G` and `-W` beside tcpdump, on the same traffic.
@Suite(
  .live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"),
  .enabled(if: Lab.has("tcpdump", "bash", "dd", "seq", "capinfos"), "needs tcpdump, bash, coreutils and capinfos"))
struct RotationTests {
  /// Both at work in the same place: `culprit` writes to folder `c`, tcpdump to folder `t`.
  private struct Pair {
    let culprit: Child
    let tcpdump: Child
    let folder: Folder

    init(_ options: [String], name: String, in side: Lab.Side) throws {
      folder = try Folder()
      for each in ["c", "t"] {
        try FileManager.default.createDirectory(atPath: folder.file(each), withIntermediateDirectories: true)
      }
      let filter = ["udp", "dst", "port", "9"]
      tcpdump = try Child(
        ["tcpdump", "-Z", "root", "-i", "lo", "-B", "16384", "-w", folder.file("t/" + name)] + options + filter,
        in: side)
      culprit = try Child(
        [Lab.program("culprit"), "record", "-i", "lo", "-w", folder.file("c/" + name)] + options + filter, in: side)
      try tcpdump.line { $0.contains("listening on lo") }
      try culprit.line { $0.hasPrefix("culprit: recording to ") }
    }

    func names(_ program: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.file(program)).sorted()
    }

    /// The packets of each file, as capinfos counts them.
    func counts(_ program: String) throws -> [Int] {
      try names(program).map { name in
        let capinfos = try Child(["capinfos", "-rTcm", folder.file(program + "/" + name)])
        #expect(capinfos.wait() == .exited(0), "\(name): \(capinfos.errors)")
        return capinfos.output.last?.split(separator: ",").last.flatMap { Int($0) } ?? -1
      }
    }

    /// The files of `culprit`, each behind a `-r`.
    func reading() throws -> [String] { try names("c").flatMap { ["-r", folder.file("c/" + $0)] } }
  }

  /// So many datagrams of 60,000 bytes, each from a process of its own.
  private func send(_ count: Int, in side: Lab.Side) throws {
    let script = "for i in $(seq \(count)); do dd bs=60000 count=1 if=/dev/zero >/dev/udp/127.0.0.1/9; done 2>/dev/null"
    let sender = try Child(["bash", "-c", script], in: side)
    #expect(sender.wait() == .exited(0))
  }

  // 55 datagrams are 3.3 MB: four files, whose last is less than half full, so that events beside the packets make no fifth.
  @Test(arguments: [["-C", "1"], ["-C", "1", "-W", "3"], ["-C", "1", "-W", "12"], ["-C", "1", "-W", "1"]])
  func `files of a size have tcpdump's names, and each is whole in itself`(options: [String]) throws {
    let lab = try Lab("size")
    let pair = try Pair(options, name: "f", in: lab.a)
    try send(55, in: lab.a)
    #expect(pair.tcpdump.stop(SIGINT) == .exited(0))
    #expect(pair.culprit.stop(SIGINT) == .exited(0), "\(pair.culprit.errors)")
    #expect(try pair.names("c") == pair.names("t"))
    #expect(try pair.counts("c").allSatisfy { $0 > 0 })
    guard try pair.names("c").count == 4 else { return }
    // tcpdump may end before it has read its last packets.
    let counts = try pair.counts("c")
    #expect(counts.reduce(0, +) == 55, "\(counts)")
    // Each by itself, and all of them as one.
    for name in try pair.names("c") {
      let alone = try culprit("packets", "-r", pair.folder.file("c/" + name))
      #expect(alone.end == .exited(0))
      #expect(alone.output.allSatisfy { $0.contains("(dd[") }, "\(alone.output)")
    }
    let child = try Child([Lab.program("culprit"), "packets"] + pair.reading())
    #expect(child.wait() == .exited(0) && child.output.count == 55)
    let senders = try Child(
      [Lab.program("culprit"), "-qn", "packet::: { @ = count(); }"] + pair.reading())
    #expect(senders.wait() == .exited(0) && senders.output.contains { $0.contains("55") }, "\(senders.output)")
  }

  @Test func `files of a time end with the count, as tcpdump does`() throws {
    let lab = try Lab("time")
    let pair = try Pair(["-G", "1", "-W", "2"], name: "f%%%Y", in: lab.a)
    let sender = try Child(
      ["bash", "-c", "while :; do echo hello >/dev/udp/127.0.0.1/9; read -t 0.05 <> <(:); done 2>/dev/null"], in: lab.a)
    #expect(pair.tcpdump.wait() == .exited(0))
    #expect(pair.culprit.wait() == .exited(0), "\(pair.culprit.errors)")
    _ = sender.stop(SIGKILL)
    #expect(try pair.names("c") == pair.names("t"))
    #expect(try pair.counts("c").allSatisfy { $0 > 0 })
    #expect(pair.culprit.errors.contains { $0.contains("2 files") }, "\(pair.culprit.errors)")
  }

  @Test func `what rotation and limits do not allow is one line`() throws {
    let cases: [(arguments: [String], words: String)] = [
      (["-o", "f", "-W", "3"], "-W counts the files of -C or -G"), (["-o", "f", "-C", "1x"], "'1x' is not a size"),
      (["-o", "f", "-C", "0"], "'0' is not a size"), (["-o", "f", "-G", "0"], "-G: 0 is not a number of seconds"),
      (["-o", "-", "-C", "1"], "need a file"), (["-o", "f", "--min-free", "much"], "'much' is not a size"),
      (["-o", "f", "-n"], "-n: nothing is printed while recording"), (["-o", "f", "-D"], "--interface (-i) names one"),
    ]
    for (arguments, words) in cases {
      let child = try Child([Lab.program("culprit"), "record"] + arguments)
      #expect(child.wait() == .exited(2), "\(arguments)")
      #expect(child.errors.count == 1 && child.errors[0].contains(words), "\(arguments): \(child.errors)")
    }
  }
}
