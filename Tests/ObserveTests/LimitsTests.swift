import Foundation
import Glibc
import Support
import Testing

/// `culprit record -s`, `--payload` and `--min-free`.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct LimitsTests {
  /// Twenty datagrams recorded with the options; the file.
  private func recording(_ options: [String], in folder: Folder) throws -> String {
    let lab = try Lab("limits")
    let path = folder.file("r.pcapng")
    let recorder = try Child(
      [Lab.program("culprit"), "record", "-w", path, "-i", "vA"] + options + ["udp", "dst", "port", "9"], in: lab.a)
    try recorder.line { $0.hasPrefix("culprit: recording to ") }
    let control = try Child([Lab.program("control"), "cut", "\(lab.b.address):9", "20"], in: lab.a)
    #expect(control.wait() == .exited(0))
    #expect(recorder.stop(SIGINT) == .exited(0), "\(recorder.errors)")
    return path
  }

  // An Ethernet header has 14 bytes, IPv4's 20, UDP's 8.
  @Test(
    .enabled(if: Lab.has("tshark"), "needs tshark"),
    arguments: [
      (["-s", "60"], "60"), (["-s", "20"], "20"), (["--payload", "headers"], "42"),
      (["--payload", "headers", "-s", "30"], "30"), (["--payload", "none"], "0"),
    ] as [([String], String)])
  func `so much of each packet is kept, its length and its owner always`(options: [String], kept: String) throws {
    let folder = try Folder()
    let path = try recording(options, in: folder)
    let tshark = try Child(
      ["tshark", "-n", "-r", path, "-Y", "frame.cap_len == \(kept)", "-T", "fields", "-e", "frame.len"])
    #expect(tshark.wait() == .exited(0))
    #expect(tshark.output.count == 20 && tshark.output.allSatisfy { Int($0) ?? 0 > 60 }, "\(tshark.output)")
    let packets = try culprit("packets", "-r", path)
    #expect(packets.end == .exited(0))
    #expect(packets.output.count == 20 && packets.output.allSatisfy { $0.contains("(control[") }, "\(packets.output)")
  }

  @Test(arguments: [[], ["-s", "0"], ["--payload", "full"]])
  func `without a limit packets are kept whole`(options: [String]) throws {
    let folder = try Folder()
    let path = try recording(options, in: folder)
    let packets = try culprit("packets", "-r", path)
    #expect(packets.output.count == 20)
    // What was sent stands in the file's last packet.
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(file.range(of: Data("N=20/20\n".utf8)) != nil)
  }

  @Test func `where too little is free a recording ends with exit 3, one line and a file that is whole`() throws {
    let lab = try Lab("space")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let run = try culprit("record", "-w", path, "-i", "vA", "--min-free", "1000000g", in: lab.a)
    #expect(run.end == .exited(3))
    #expect(run.errors.last?.contains("--min-free keeps") == true, "\(run.errors)")
    let read = try culprit("packets", "-r", path)
    #expect(read.end == .exited(0) && read.errors == [] && read.output == [])
  }

  @Test func `a small file system keeps a twentieth of itself free, and nobody else's files go`() throws {
    let lab = try Lab("small")
    let folder = try Folder()
    let script = """
      mount --make-rprivate / && mount -t tmpfs -o size=8m none "$1" || exit 9
      head -c 7M /dev/zero >"$1/theirs"
      "$0" record -o "$1/r" --interface vA -C 100k -W 100; code=$?
      df --output=avail -B1 "$1" | tail -1; wc -c <"$1/theirs"
      cp "$1"/r* "$2"; umount "$1"; exit $code
      """
    for each in ["small", "copy"] {
      try FileManager.default.createDirectory(atPath: folder.file(each), withIntermediateDirectories: true)
    }
    let recorder = try Child(
      ["unshare", "-m", "sh", "-c", script, Lab.program("culprit"), folder.file("small"), folder.file("copy")],
      in: lab.a)
    try recorder.line { $0.hasPrefix("culprit: recording to ") }
    let control = try Child([Lab.program("control"), "fill", "\(lab.b.address):9", "20000"], in: lab.a)
    #expect(recorder.wait(within: 60) == .exited(3), "\(recorder.errors)")
    _ = control.stop(SIGKILL)
    #expect(recorder.errors.last?.contains("--min-free keeps 419430;") == true, "\(recorder.errors)")
    let (free, theirs) = (Int(recorder.output.first ?? ""), recorder.output.last)
    #expect(free ?? 0 > 0 && free ?? .max < 419_430 && theirs == "\(7 << 20)", "\(recorder.output)")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("copy")) {
      #expect(try culprit("packets", "-r", folder.file("copy/" + name)).end == .exited(0))
    }
  }
}
