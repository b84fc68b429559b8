import Foundation
import Glibc

/// True when the live tests can run.
let canCaptureLive = geteuid() == 0 && executable("ip") != nil && executable("python3") != nil

func executable(_ name: String) -> String? {
  ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"].map { $0 + name }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}

struct Failed: Error {
  var command: String
  var words: String
}

/// Runs `ip` or another program to its end.
@discardableResult
func run(_ command: String...) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["timeout", "60"] + command
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let words = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw Failed(command: command.joined(separator: " "), words: words) }
  return words
}

/// A network namespace of our own, with its loopback up, until it is removed.
struct Namespace {
  let name: String
  var path: String { "/run/netns/" + name }

  init() throws {
    name = "recording-" + UUID().uuidString.prefix(8).lowercased()
    try run("ip", "netns", "add", name)
    try run("ip", "-n", name, "link", "set", "lo", "up")
  }

  func remove() { _ = try? run("ip", "netns", "delete", name) }

  /// Sends datagrams of these many bytes from here, one after the other.
  func send(_ sizes: [Int], to address: String, port: Int) throws {
    let program = """
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      for n in \(sizes): s.sendto(bytes(n), ("\(address)", \(port)))
      """
    try run("ip", "netns", "exec", name, "python3", "-c", program)
  }
}

/// Waits up to ten seconds for the descriptor to be readable.
func waits(_ descriptor: CInt) -> Bool {
  var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
  return unsafe poll(&descriptors, 1, 10_000) > 0
}
