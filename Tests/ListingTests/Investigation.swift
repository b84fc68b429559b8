import Foundation
import Glibc
import Support

/// The article's scene with its listings at hand: srg sniffs in a lab, /usr/sbin/dtrace is culprit, and the Solaris names of
/// the article's day are in force.
struct Investigation {
  let lab: Lab
  let collector: Child
  /// srg under a name that no other process has: what asks for it by name sees nobody else.
  let suspect: String
  private let home: TemporaryFile

  init(_ purpose: String) throws {
    lab = try Lab(purpose)
    collector = try lab.collector()
    home = TemporaryFile()
    suspect = "srg\(getpid())\(purpose)"
    try FileManager.default.createDirectory(atPath: home.path, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Lab.program("srg"), toPath: program)
  }

  /// The path of the suspect's program.
  var program: String { "\(home.path)/\(suspect)" }

  /// The suspect, sniffing.
  func start(_ switches: [String] = []) throws -> Child { try lab.srg(switches, program: program) }

  /// A process that will be the suspect, at `release`: its pid is known before it has done anything.
  func hold() throws -> Held {
    let gate = "\(home.path)/gate"
    guard unsafe mkfifo(gate, 0o600) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    let become = "read -r line < '\(gate)'; exec '\(program)' --config /dev/null \(lab.a.interface) 10.200.1.2:7000"
    return Held(child: try Child(["sh", "-c", become], in: lab.a), gate: gate)
  }

  /// A listing as the article prints it, run by the shell as one types it there.
  func type(_ name: String, pid: (printed: String, ours: CInt)? = nil) throws -> Child {
    var text = try String(contentsOfFile: Self.directory + name, encoding: .utf8)
    if let pid { text = text.replacing(pid.printed, with: "\(pid.ours)") }
    return try dtrace(["sh", "-c", text])
  }

  /// A script of the article, run as it says.
  func script(_ name: String, _ arguments: String...) throws -> Child {
    try dtrace([Self.directory + name] + arguments)
  }

  private func dtrace(_ command: [String]) throws -> Child {
    try Child(
      [Lab.repository + "/Tests/Lab/dtrace.sh", Lab.program("culprit")] + command,
      environment: ["DTRACE_OPT_COMPAT": "solaris"], group: true)
  }

  private static let directory = Lab.repository + "/Tests/ListingTests/Listings/"
}

/// See `Investigation.hold`.
struct Held {
  let child: Child
  fileprivate let gate: String

  /// Lets it become the suspect, and returns when that sniffs.
  func release() throws {
    // Opens when the other side has it open too.
    try "now\n".write(toFile: gate, atomically: false, encoding: .utf8)
    try child.line { $0 == "Using device vA (promiscuous mode)" }
  }
}

extension Child {
  /// Waits until dtrace says that its probes are on.
  func matched() throws { try line { $0.contains("matched") && $0.hasSuffix("probes") } }
}
