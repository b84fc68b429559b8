import Foundation
import IR
import Testing

@testable import History

/// The file of SQLite that histories lie in.
struct HistoryFileTests {
  private static let now: Int64 = 1_795_996_800_000_000_000

  /// A folder of its own, and a path in it.
  private func place(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "history-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder + "/history.sqlite")
  }

  private func loaded(_ rule: String, from path: String) throws -> RuleHistory {
    let history = RuleHistory(need: 86_400_000_000_000)
    try HistoryFile(reading: path).load(rule, into: history)
    return history
  }

  private func saved(in path: String, _ values: [Int64] = [5, 9]) throws {
    let history = RuleHistory(need: 86_400_000_000_000)
    history.begin(at: Self.now)
    history.watched(upTo: Self.now + Series.hour)
    for value in values { _ = history.remember(value, under: Array("nc 7000".utf8), at: Self.now) }
    try HistoryFile(path).save([("EXF-007", history)])
  }

  @Test func `what was saved is there again, and of other rules nothing`() throws {
    try place { path in
      try saved(in: path)
      let history = try loaded("EXF-007", from: path)
      #expect(history.extent(at: Self.now) == .init(days: 1, keys: 1, rows: 1))
      #expect(history.recall(.count, of: Array("nc 7000".utf8), within: .max, at: Self.now) == 2)
      #expect(history.recall(.variation, of: Array("nc 7000".utf8), within: .max, at: Self.now) == 286)
      #expect(history.changes.rows.isEmpty && history.changes.days.isEmpty)
      #expect(try loaded("EXF-001", from: path).extent(at: Self.now) == .init(days: 0, keys: 0, rows: 0))
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func `each time what changed is saved, and what was forgotten goes`() throws {
    try place { path in
      let (file, history) = (try HistoryFile(path), RuleHistory(need: 86_400_000_000_000))
      _ = history.remember(1, under: [0, 255], at: Self.now)
      try file.save([("A", history)])
      _ = history.remember(1, under: [0, 255], at: Self.now)
      _ = history.remember(1, under: [1], at: Self.now + Series.hour)
      #expect(history.changes.rows.count == 2)
      try file.save([("A", history)])
      #expect(history.changes.rows.isEmpty)
      // Somebody may read meanwhile.
      let read = try loaded("A", from: path)
      #expect(read.recall(.count, of: [0, 255], within: .max, at: Self.now) == 2)
      #expect(read.extent(at: Self.now).rows == 2)
      _ = history.remember(1, under: [2], at: Self.now + 49 * Series.hour)
      try file.save([("A", history)])
      #expect(try loaded("A", from: path).extent(at: Self.now).keys == 2)
    }
  }

  @Test func `one process writes at a time`() throws {
    try place { path in
      let first = try HistoryFile(path)
      #expect(throws: HistoryProblem.inUse(path: path)) { try HistoryFile(path) }
      try first.save([])
    }
  }

  @Test func `a file that is something else is left as it is`() throws {
    try place { path in
      for bytes in [Data("hello".utf8), Data(count: 4096), Data("SQLite format 3\0".utf8)] {
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: HistoryProblem.foreign(path: path)) { try HistoryFile(path) }
        #expect(throws: HistoryProblem.foreign(path: path)) { try HistoryFile(reading: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent).count == 1)
    }
  }

  @Test func `a database of somebody else's is left as it is`() throws {
    try place { path in
      try Database(path, writes: true).run("CREATE TABLE theirs (x)")
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(throws: HistoryProblem.foreign(path: path)) { try HistoryFile(path) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test func `what cannot be is not taken from a file`() throws {
    try place { path in
      try saved(in: path)
      let database = try Database(path, writes: true)
      let (name, most) = ("CAST('EXF-007' AS BLOB)", Int64.max)
      for row in [
        "x'01', \(most), 1, 1, 1.0", "x'02', -\(most), 1, 1, 1.0", "x'03', 1, -1, 1, 1.0", "x'04', 1, 0, 1, 1.0",
        "x'05', 'text', 1, 1, 1.0", "x'06', 1, 1, x'00', 1.0", "zeroblob(256), 1, 1, 1, 1.0", "NULL, 1, 1, 1, 1.0",
      ] { try? database.run("INSERT INTO remembered VALUES (\(name), \(row))") }
      for row in ["5, \(most)", "6, -1", "'x', 1", "\(most), 86400000000000", "-\(most), 86400000000000"] {
        try database.run("INSERT INTO watched VALUES (\(name), \(row))")
      }
      // Odd sums are possible.
      try database.run("INSERT INTO remembered VALUES (\(name), x'07', 1, \(most), \(most), 9e999)")
      try database.run("INSERT INTO remembered VALUES (\(name), x'07', 2, \(most), -\(most), -9e999)")
      let history = try loaded("EXF-007", from: path)
      #expect(history.extent(at: Self.now) == .init(days: 1, keys: 2, rows: 3))
      for what in Recollection.allCases { _ = history.recall(what, of: [7], within: .max, at: 10 * Series.hour) }
      history.begin(at: Self.now)
      history.watched(upTo: Self.now + 1)
      #expect(history.remember(1, under: [7], at: 2 * Series.hour) == -most + 1)
    }
  }

  @Test func `a later version's file is left as it is`() throws {
    try place { path in
      try saved(in: path)
      try Database(path, writes: true).run("PRAGMA user_version = 2")
      #expect(throws: HistoryProblem.later(path: path)) { try HistoryFile(path) }
    }
  }

  @Test func `a damaged file is left as it is`() throws {
    try place { path in
      try saved(in: path)
      try Database(path, writes: true).run("PRAGMA wal_checkpoint(TRUNCATE)")
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for index in 4096..<bytes.count { bytes[index] = 0xa5 }
      try bytes.write(to: URL(fileURLWithPath: path))
      for open in [{ _ = try HistoryFile(path) }, { _ = try HistoryFile(reading: path) }] {
        let problem = #expect(throws: HistoryProblem.self) { try open() }
        guard case .damaged = problem else {
          Issue.record("\(String(describing: problem))")
          continue
        }
        #expect(problem?.description.contains("\n") == false)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
      #expect(throws: HistoryProblem.self) {
        try bytes.prefix(2048).write(to: URL(fileURLWithPath: path))
        _ = try HistoryFile(path)
      }
    }
  }

  @Test func `a file without a byte becomes a history, and a folder cannot`() throws {
    try place { path in
      try Data().write(to: URL(fileURLWithPath: path))
      try saved(in: path)
      #expect(try loaded("EXF-007", from: path).extent(at: Self.now).keys == 1)
      let folder = (path as NSString).deletingLastPathComponent
      #expect(throws: HistoryProblem.self) { try HistoryFile(folder) }
      #expect(throws: HistoryProblem.self) { try HistoryFile(folder + "/no/such/place.sqlite") }
      #expect(throws: HistoryProblem.missing(path: path + "x")) { try HistoryFile(reading: path + "x") }
    }
  }

  @Test func `what was not saved whole is not there`() throws {
    try place { path in
      try saved(in: path)
      // As a process is that ends in the middle of it: nothing is committed, and the lock goes with the descriptor.
      let (file, database) = (try HistoryFile(path), try Database(path, writes: true))
      try database.run("BEGIN IMMEDIATE")
      try database.run("DELETE FROM remembered")
      #expect(try loaded("EXF-007", from: path).extent(at: Self.now).keys == 1)
      let history = RuleHistory(need: 86_400_000_000_000)
      _ = history.remember(1, under: [1], at: Self.now)
      #expect(throws: HistoryProblem.inUse(path: path)) { try file.save([("A", history)]) }
      // It is saved the next time.
      try database.run("ROLLBACK")
      try file.save([("A", history)])
      #expect(try loaded("A", from: path).extent(at: Self.now).keys == 1)
    }
  }
}
