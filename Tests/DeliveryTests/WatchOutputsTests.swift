import Foundation
import Support
import Testing

/// `culprit watch --output` over a recording.
struct WatchOutputsTests {
  private let recording = Lab.repository + "/captures/srg.pcapng"

  private func culprit(_ arguments: String...) throws -> (output: [String], errors: [String], end: Child.End) {
    let child = try Child([Lab.program("culprit"), "watch", "-r", recording] + arguments)
    let end = child.wait(within: 60)
    return (child.output, child.errors, end)
  }

  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  @Test func `each output gets all findings in its own form`() throws {
    let folder = try Folder()
    let run = try culprit("-o", folder.file("own"), "--output", "ecs=" + folder.file("ecs"), "-o", "text=-")
    #expect(run.end == .exited(1) && run.errors == [])
    let (own, plain) = (try culprit().output, try culprit("--format", "text").output)
    #expect(try folder.text("own") == text(own) && run.output == plain)
    #expect(try folder.text("ecs") == text(try culprit("--format", "ecs").output))
    // Appended to, and the form is that of all which name no other.
    _ = try culprit("-o", folder.file("own"), "--format", "text")
    #expect(try folder.text("own") == text(own + plain))
  }

  @Test func `a file that became too large is put aside`() throws {
    let folder = try Folder()
    for _ in 0..<3 { #expect(try culprit("-o", folder.file("f"), "-C", "1k", "-W", "4").end == .exited(1)) }
    #expect(try folder.names == ["f", "f.1", "f.2", "f.3"])
    let findings = try culprit().output
    let found = try folder.names.reversed().map { try folder.text($0) }.joined()
    #expect(!found.isEmpty && text(findings + findings + findings).hasSuffix(found))
  }

  @Test func `a message of syslog is one of RFC 5424, and tells the same`() throws {
    let listener = try #require(Listener(port: 0, isStream: true))
    let child = try Child([
      Lab.program("culprit"), "watch", "-r", recording, "-o", "syslog:tcp:127.0.0.1:\(listener.port)",
    ])
    let connection = listener.accept()
    let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8).split(separator: "\n")[0]
    let severities = ["high": 83, "medium": 84, "low": 85]
    for line in try culprit().output {
      let finding = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let rule = try #require(finding["rule"] as? [String: Any])
      let process = try #require(finding["process"] as? [String: Any])
      let (id, severity) = (try #require(rule["id"] as? String), try #require(finding["severity"] as? String))
      let message = try #require(connection.counted())
      let priority = try #require(severities[severity])
      #expect(message.hasPrefix("<\(priority)>1 2026-"), "\(message)")
      #expect(message.contains("Z \(host) culprit \(child.pid) \(id) [culprit@32473 uid=\""), "\(message)")
      #expect(message.contains(" rule=\"\(id)\" ") && message.contains(" pid=\"\(process["pid"] ?? 0)\" "))
      #expect(message.contains(" severity=\"\(severity)\" ") && message.contains(" risk=\"\(finding["risk"] ?? 0)\" "))
      #expect(message.hasSuffix("] " + line))
    }
    #expect(connection.counted() == nil && child.wait(within: 60) == .exited(1))
  }

  @Test func `to this machine's own log goes the form of syslog(3), which its daemons read alone`() throws {
    let folder = try Folder()
    let listener = try #require(Listener(path: folder.file("log"), isStream: false))
    let child = try Child([
      Lab.program("culprit"), "watch", "-r", recording, "-o", "syslog:" + folder.file("log"),
    ])
    for line in try culprit().output {
      let message = listener.receive()
      let form =
        #/<8[2-6]>[A-Z][a-z]{2} [ 1-3][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} culprit\[([0-9]+)\]: [A-Z]{3}-[0-9]{3} \[culprit@32473 /#
      let header = try #require(message.prefixMatch(of: form), "\(message)")
      #expect(header.1 == "\(child.pid)" && message.hasSuffix("] " + line))
    }
    #expect(child.wait(within: 60) == .exited(1))
  }

  /// A shell's words, in which `watch` is the program over the recording; its exit code is the last line of output.
  private func shell(_ words: String) throws -> (output: [String], errors: [String]) {
    let watch = "\(Lab.program("culprit")) watch -r \(recording)"
    let child = try Child(["sh", "-c", "watch='\(watch)'; \(words)"])
    _ = child.wait(within: 60)
    return (child.output, child.errors)
  }

  @Test func `when nobody reads what it finds, a run ends as it does else, and says what was not read`() throws {
    let folder = try Folder()
    // The reader opens the named pipe, and has gone before the program begins.
    let run = try shell(
      "mkfifo \(folder.file("p")); true <\(folder.file("p")) & exec 3>\(folder.file("p")); wait; $watch >&3; echo $?")
    #expect(run.output == ["1"])
    #expect(
      run.errors.contains { $0.hasSuffix("nobody reads standard output") && $0.contains(" lost ") }, "\(run.errors)")
  }

  @Test
  func `without a standard output what is found goes nowhere, and no file of the program's is written to instead`()
    throws
  {
    let folder = try Folder()
    let run = try shell("$watch -o \(folder.file("f")) -o - >&-; echo $?")
    #expect(run.output == ["1"] && run.errors == [])
    #expect(try folder.text("f") == text(try culprit().output))
  }

  @Test(.live, .enabled(if: Lab.isAllowed, "needs root"))
  func `a file has whole lines only, on a disk that is full, too`() throws {
    let folder = try Folder()
    let place = folder.file("disk")
    // A page, which the findings are longer than.
    let run = try shell(
      "mkdir \(place); export watch; unshare -m sh -c 'mount -t tmpfs -o size=4k none \(place) && "
        + "{ $watch -o \(place)/f; mv \(place)/f \(place)/old; cat \(place)/old; echo end; }'")
    let all = try culprit().output
    #expect(all.joined(separator: "\n").utf8.count > 4096)
    let taken = run.output.count - 1
    #expect(0 < taken && taken < all.count && run.output == Array(all.prefix(taken)) + ["end"])
    #expect(run.errors.contains { $0.contains("No space left on device") }, "\(run.errors)")
  }

  @Test func `what nobody took is told, and the other outputs have it all`() throws {
    let folder = try Folder()
    let socket = folder.file("none")
    let run = try culprit("-o", "unix:" + socket, "-o", folder.file("f"))
    let count = try culprit().output.count
    let found = try folder.text("f").split(separator: "\n")
    #expect(run.end == .exited(1) && found.count == count)
    let why = "connect \(socket): No such file or directory"
    #expect(
      run.errors == [
        "culprit: unix:\(socket): \(why); it is tried again", "culprit: unix:\(socket) lost \(count) findings: \(why)",
      ])
  }

  @Test(arguments: [
    ["-o", "/proc/none/f"], ["-o", "syslog:udp:collector:514"], ["-C", "10"], ["-o", "f", "-C", "0"],
    ["-o", "f", "-W", "3"], ["-o", "unix:s"], ["-o", "ecs="],
  ]) func `an output that cannot be is one line`(arguments: [String]) throws {
    let child = try Child([Lab.program("culprit"), "watch", "-r", recording] + arguments)
    #expect(child.wait(within: 60) == .exited(2) && child.output == [] && child.errors.count == 1)
  }
}
