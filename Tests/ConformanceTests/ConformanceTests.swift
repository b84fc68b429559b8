import DSemantics
import EngineBench
import EngineTrials
import Foundation
import Support
import Testing

/// The table through both engines, each row from its D text to the bytes on standard output. How many rows each engine ran is
/// printed at the end.
@Suite(.serialized, .rowsCounted) struct ConformanceTests {
  static let rows = Result { try ConformanceRow.all() }
  static let all = (try? rows.get()) ?? []

  @Test func `the table can be read`() throws { _ = try Self.rows.get() }

  @Test(arguments: all) func `the host VM answers as the table says`(_ row: ConformanceRow) throws {
    let compiled = try CompiledRow(row, for: .host)
    var engine = try HostRow(compiled)
    let answer = try compiled.play(in: &engine)
    #expect(answer == row.answer)
    RowCount.tally.add(to: \.host)
  }

  @Test(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"), arguments: all)
  func `live: the kernel answers as the table says`(_ row: ConformanceRow) throws {
    let compiled = try CompiledRow(row, for: .kernel)
    var engine = try KernelRow(compiled)
    let answer = try compiled.play(in: &engine)
    #expect(answer == row.answer)
    RowCount.tally.add(to: \.kernel)
  }
}

extension ConformanceRow: CustomTestStringConvertible {
  package var testDescription: String { name }
}

/// Prints how many rows each engine ran, when the suite is over.
struct RowCount: SuiteTrait, TestScoping {
  static let tally = Tally()

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await function()
    let (host, kernel) = Self.tally.counts
    print("conformance table: \(host) rows ran in the host VM, \(kernel) in the kernel")
  }

  /// Safe: the numbers are touched under the lock.
  final class Tally: @unchecked Sendable {
    private let lock = NSLock()
    var host = 0
    var kernel = 0

    func add(to count: ReferenceWritableKeyPath<Tally, Int>) { lock.withLock { self[keyPath: count] += 1 } }

    var counts: (host: Int, kernel: Int) { lock.withLock { (host, kernel) } }
  }
}

extension Trait where Self == RowCount {
  static var rowsCounted: Self { RowCount() }
}
