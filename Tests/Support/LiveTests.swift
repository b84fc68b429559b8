import Foundation
import Glibc
package import Testing

/// Marks a test that needs this machine's privileges: a lab, packet sockets, the kernel's tracing. Every marked test is
/// counted, and the run ends with a line that says how many were run and how many were not allowed to:
///
///     live tests: 12 ran, 0 skipped
///
/// Stands before `.enabled(if:)`, which says what the test needs, so that those that are skipped are counted too.
package struct LiveTests: TestTrait, SuiteTrait, TestScoping {
  package var isRecursive: Bool { true }

  /// How many live tests this process has started so far; one with arguments counts once.
  package static var count: Int { tally.lock.withLock { tally.ran.count } }

  package func prepare(for test: Test) async throws {
    guard !test.isSuite else { return }
    Self.tally.plan(test.id)
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    Self.tally.lock.withLock { _ = Self.tally.ran.insert(test.id) }
    try await function()
  }

  fileprivate static let tally = Tally()
}

extension Trait where Self == LiveTests {
  package static var live: Self { LiveTests() }
}

/// Which live tests there were and which of them were run; printed when the process ends.
private final class Tally: @unchecked Sendable {
  let lock = NSLock()
  var ran: Set<Test.ID> = []
  private var planned: Set<Test.ID> = []

  func plan(_ test: Test.ID) {
    lock.withLock {
      if planned.isEmpty { atexit { LiveTests.tally.report() } }
      planned.insert(test)
    }
  }

  private func report() {
    lock.withLock {
      let skipped = planned.subtracting(ran).count
      print("live tests: \(ran.count) ran, \(skipped) skipped")
    }
  }
}
