import Foundation

/// The other judge of captures, where it is installed.
package enum Tshark {
  private static let program = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  /// Why tests that ask it do not run; nil when they do.
  package static let absence: String? =
    SharedCaptures.absence ?? (program == nil ? "no tshark in /usr/bin or /usr/local/bin" : nil)

  /// A line a frame, with these fields' values between tabs.
  package static func lines(of path: String, _ fields: [String], options: [String]) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program!)
    process.arguments = ["-n", "-r", path, "-T", "fields"] + options + fields.flatMap { ["-e", $0] }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeLast()
    return lines
  }
}
