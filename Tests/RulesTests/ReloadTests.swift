import Foundation
import Glibc
import Support
import Testing

/// `culprit watch` while somebody changes its rules and rotates its files.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct ReloadTests {
  /// A pack, the file that findings go to, and the watch in one namespace of a lab.
  private final class Scene {
    let lab: Lab
    let folder = FileManager.default.temporaryDirectory.appending(path: "reload-\(UUID().uuidString)").path
    private(set) var watch: Child?

    init() throws {
      lab = try Lab("reload")
      try FileManager.default.createDirectory(atPath: folder + "/pack", withIntermediateDirectories: true)
      try write("pack/pack.yaml", "name: mine\nversion: 1.0.0\ntitle: Mine\nlicense: none\n")
      try write("settings.yaml", "")
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }

    func rule(_ id: String, version: String = "1.0.0", needs: String = "packet", _ program: String) throws {
      let text = """
        /*---
        id: \(id)
        version: \(version)
        title: A test
        status: test
        severity: low
        confidence: high
        risk: 1
        attack: {version: 18, techniques: [T1040]}
        needs: {events: [\(needs)], complete: true}
        dedup: {key: [name], for: 1h}
        why: to be changed
        params: {step: {type: integer, default: 1, min: 1, max: 10}}
        ---*/
        \(program)
        """
      try write("pack/\(id).d", text + "\n")
    }

    /// The number of datagrams that came to port 4242, times `step`.
    static let counting = """
      int n;
      packet::udp:receive /args[5]->udp_dport == 4242/ { n += step; finding("datagram %d", n); }
      """

    func begin() throws -> Child {
      let child = try Child(
        [
          Lab.program("culprit"), "watch", "--interface", "vA", "--rules", folder + "/pack", "--settings",
          folder + "/settings.yaml", "-o", folder + "/found", "-o", "text=-",
        ], in: lab.a)
      watch = child
      return child
    }

    /// Sends SIGHUP, and waits for what standard error says of it. A watch says the same each time, so that lines are counted.
    func reload() throws -> String {
      let watch = try #require(watch)
      let isAnswer = { (line: String) in line.contains("the rules ") }
      let before = watch.errors.count(where: isAnswer)
      kill(watch.pid, SIGHUP)
      try watch.line { _ in watch.errors.count(where: isAnswer) > before }
      return try #require(watch.errors.last(where: isAnswer))
    }

    /// A datagram, and the sentence that it makes.
    func send(expecting sentence: String) throws {
      let watch = try #require(watch)
      let before = watch.output.count { $0.hasSuffix(sentence) }
      try lab.send(1, toPort: 4242)
      try watch.line { _ in watch.output.count { $0.hasSuffix(sentence) } > before }
    }
  }

  @Test func `changed rules take the place of the old ones, the others go on, and a mistake changes nothing`() throws {
    let scene = try Scene()
    try scene.rule("T-1", "BEGIN { finding(\"begun\"); }\n" + Scene.counting)
    let watch = try scene.begin()
    try watch.line { $0.hasSuffix("begun") }
    try scene.send(expecting: ": datagram 1")

    // Another rule joins it; the first goes on counting.
    try scene.rule("T-2", "END { finding(\"second ends\"); }")
    #expect(try scene.reload() == "culprit: the rules are read again: 1 as they were; begun anew: T-2")
    try scene.send(expecting: ": datagram 2")

    // What is wrong in one is wrong with all.
    try scene.rule("T-2", "END { finding(nobody); }")
    try scene.rule("T-1", version: "1.0.1", Scene.counting)
    #expect(try scene.reload() == "culprit: the rules stay as they were")
    #expect(watch.errors.contains { $0.contains("T-2.d") && $0.contains("nobody") }, "\(watch.errors)")
    try scene.write("settings.yaml", "T-1: {params: {step: 11}}\n")
    #expect(try scene.reload() == "culprit: the rules stay as they were")
    #expect(watch.errors.contains { $0.contains("1 to 10") }, "\(watch.errors)")
    try scene.send(expecting: ": datagram 3")

    // A setting begins its rule anew; one that is gone has its last word.
    try scene.write("settings.yaml", "T-1: {params: {step: 5}}\n")
    try FileManager.default.removeItem(atPath: scene.folder + "/pack/T-2.d")
    #expect(try scene.reload() == "culprit: the rules are read again: 0 as they were; begun anew: T-1; ended: T-2")
    try watch.line { $0.hasSuffix(": second ends") }
    try scene.send(expecting: ": datagram 5")

    // A rule about system calls comes too late for a watch that was begun without.
    try scene.rule("T-3", needs: "call", "syscall::kexec_load:entry { finding(\"never\"); }")
    #expect(try scene.reload() == "culprit: the rules are read again: 1 as they were; begun anew: T-3")
    try watch.line { $0 == "culprit: of T-3 not all system calls are watched; begin culprit anew" }
    #expect(watch.stop(SIGTERM) == .exited(1))
  }

  @Test func `a file that was rotated is opened anew`() throws {
    let scene = try Scene()
    try scene.rule("T-1", "BEGIN { finding(\"begun\"); }\n" + Scene.counting)
    let watch = try scene.begin()
    try watch.line { $0.hasSuffix("begun") }
    try scene.send(expecting: ": datagram 1")
    // Each output has a thread of its own: the file may have it later than standard output has.
    let reader = try Child(["tail", "-n", "+1", "-f", scene.folder + "/found"], in: scene.lab.a)
    try reader.line { $0.contains("datagram 1") }
    _ = reader.stop(SIGTERM)
    try FileManager.default.moveItem(atPath: scene.folder + "/found", toPath: scene.folder + "/found.1")
    _ = try scene.reload()
    try scene.send(expecting: ": datagram 2")
    #expect(watch.stop(SIGTERM) == .exited(1))
    let (old, new) = (try String(contentsOfFile: scene.folder + "/found.1", encoding: .utf8), scene.folder + "/found")
    #expect(old.contains("datagram 1") && !old.contains("datagram 2"))
    #expect(try String(contentsOfFile: new, encoding: .utf8).contains("datagram 2"))
  }
}
