import Support
import Testing

/// Where a case cannot be made: one line on standard error, and the exit code that says why.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and BPF"))
struct RefusalTests {
  private func culprit(_ arguments: [String]) throws -> Child {
    let child = try Child([Lab.program("culprit"), "case"] + arguments)
    _ = child.wait(within: 60)
    return child
  }

  @Test func `a process that is gone`() throws {
    // Above what any kernel gives out (PID_MAX_LIMIT is 4194304).
    let child = try culprit(["-p", "4194305"])
    #expect(child.wait() == .exited(2))
    #expect(child.errors == ["culprit: there is no process 4194305"])
    #expect(child.output.isEmpty)
  }

  @Test func `a recording that is not there, and a process that is not in one`() throws {
    let missing = try culprit(["-r", TemporaryFile().path])
    #expect(missing.wait() == .exited(2) && missing.errors.count == 1)
    let recording = Lab.repository + "/captures/srg.pcapng"
    let stranger = try culprit(["-r", recording, "--process", "nobody"])
    #expect(stranger.wait() == .exited(2))
    #expect(stranger.errors == ["culprit: \(recording) holds no process nobody"])
  }

  @Test func `whoever asks is not root`() throws {
    let command = [
      "setpriv", "--reuid", "65534", "--clear-groups", Lab.program("culprit"), "case", "-p", "1", "--duration", "1s",
    ]
    let child = try Child(command)
    #expect(child.wait(within: 60) == .exited(4))
    #expect(child.errors.count == 1)
  }
}
