import Files
import Glibc

/// A program that makes flows of a capture, too.
struct FlowPeer {
  var name: String
  var words: [String]
  var rounds = 5
  /// Whether it reads what applications say.
  var dissects = false
}

/// Those of Debian. What they find is written to the directory or nowhere; none sends anything.
func flowPeers(_ capture: String, in directory: String) -> [FlowPeer] {
  [
    FlowPeer(name: "tcpdump -w /dev/null (copies only)", words: ["tcpdump", "-r", capture, "-w", "/dev/null"]),
    FlowPeer(
      name: "softflowd",
      words: [
        "softflowd", "-r", capture, "-d", "-6", "-m", "1000000", "-p", directory + "/pid", "-c", "none",
      ]),
    FlowPeer(name: "nfpcapd", words: ["nfpcapd", "-r", capture, "-w", directory]),
    FlowPeer(name: "argus", words: ["argus", "-r", capture, "-w", "/dev/null"], rounds: 3),
    FlowPeer(name: "ndpiReader", words: ["ndpiReader", "-i", capture, "-q"], rounds: 3, dissects: true),
    FlowPeer(
      name: "tshark -q -z conv,tcp", words: ["tshark", "-r", capture, "-q", "-z", "conv,tcp"], rounds: 1,
      dissects: true),
  ]
}

/// A path for a file of this measurement.
func temporary(_ suffix: String) -> String { "/tmp/culprit-benchmark-\(getpid()).\(suffix)" }

/// Gives a directory, and removes it with what was written into it.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  let path = temporary("d")
  guard unsafe mkdir(path, 0o700) == 0 else { throw Launch.Failure(description: "\(path): errno \(errno)") }
  defer { _ = try? Launch.run(["rm", "-r", path]) }
  try body(path)
}
