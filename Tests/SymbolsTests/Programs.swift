import Foundation
import Testing

/// A program of a test: a C source compiled in a directory of its own, which goes when the value does.
final class CompiledProgram {
  let directory: URL
  let path: String

  /// `flags` go to cc.
  init(_ source: String, named name: String, flags: [String] = []) throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("answers-symbols-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let file = directory.appendingPathComponent("\(name).c")
    try source.write(to: file, atomically: true, encoding: .utf8)
    path = directory.appendingPathComponent(name).path
    _ = try output("/usr/bin/cc", ["-g0", "-O0", "-fno-inline", "-o", path, file.path] + flags)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func strip() throws { _ = try output("/usr/bin/strip", [path]) }

  var bytes: [UInt8] { get throws { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) } }

  /// The functions with a size, as nm tells them: name, address, size.
  func functions(dynamic: Bool = false) throws -> [(name: String, address: UInt64, size: UInt64)] {
    let text = try output("/usr/bin/nm", ["-S", "--defined-only"] + (dynamic ? ["-D"] : []) + [path])
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 4, "TtWwi".contains(parts[2]), let address = UInt64(parts[0], radix: 16),
        let size = UInt64(parts[1], radix: 16)
      else { return nil }
      return (String(parts[3].prefix { $0 != "@" }), address, size)
    }
  }
}

/// What a command writes, which must end well.
func output(_ command: String, _ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: command)
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "\(command) \(arguments)")
  return String(decoding: data, as: UTF8.self)
}

/// A running copy of a program that tells its addresses, one a line, and waits for its standard input to close.
final class RunningProgram {
  let process = Process()
  private let input = Pipe()
  private(set) var addresses: [UInt64] = []
  var pid: UInt32 { UInt32(process.processIdentifier) }

  init(_ program: CompiledProgram, lines: Int) throws {
    let out = Pipe()
    process.executableURL = URL(fileURLWithPath: program.path)
    process.standardInput = input
    process.standardOutput = out
    try process.run()
    var text = ""
    while text.filter({ $0 == "\n" }).count < lines {
      let data = out.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    addresses = text.split(separator: "\n").compactMap { UInt64($0, radix: 16) }
    try #require(addresses.count == lines)
  }

  func end() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  deinit { if process.isRunning { process.terminate() } }
}

/// Tells where two functions of its own, one of libc and itself are, and waits.
let listener = """
  #include <stdio.h>
  #include <unistd.h>
  static int scan(int x) { return x * 3; }
  int srg_alarm(int x) { return scan(x) + 1; }
  int main(void) {
    char c;
    printf("%lx\\n%lx\\n%lx\\n%lx\\n", (unsigned long)&srg_alarm + 4, (unsigned long)&scan, (unsigned long)&getppid,
      (unsigned long)&main);
    fflush(stdout);
    while (read(0, &c, 1) > 0) {}
    return srg_alarm(0) == 0;
  }
  """
