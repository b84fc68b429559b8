import Files
import Glibc

/// A host's history in a file of SQLite, where rules find again what they remembered. One process at a time writes to it; others may read it
/// meanwhile.
///
/// What changed is written in one transaction each time, so that after a crash of the program or the machine there is what was saved last.
package final class HistoryFile {
  package let path: String
  private let database: Database
  /// Held as long as this object lives; -1 where the file is only read.
  private let lock: CInt

  /// "Clpt" in the header of the file, by which it is known as one of ours (sqlite.org/fileformat2.html, section 1.3).
  private static let application: Int64 = 0x436c_7074
  private static let version: Int64 = 1

  /// Opens the history for writing, and makes it and its folder when there is none.
  package init(_ path: String) throws(HistoryProblem) {
    self.path = path
    try Self.check(path)
    lock = try Self.locked(path)
    do throws(Database.Failure) {
      database = try Database(path, writes: true)
      try Self.prepare(database)
    } catch {
      _ = Glibc.close(lock)
      throw error.problem(path)
    }
  }

  /// Opens a history that is there, to read it.
  package init(reading path: String) throws(HistoryProblem) {
    self.path = path
    lock = -1
    guard exists(path) else { throw .missing(path: path) }
    try Self.check(path)
    do throws(Database.Failure) { database = try Database(path, writes: false) } catch { throw error.problem(path) }
  }

  deinit { if lock >= 0 { _ = Glibc.close(lock) } }

  // MARK: Opening

  /// Looks at a file that is there before anything can be written to it; one without a byte is as good as none.
  private static func check(_ path: String) throws(HistoryProblem) {
    guard exists(path) else { return }
    let head: [UInt8]
    do throws(FileError) {
      let file = try FileReader(path)
      guard file.isRegular else { throw FileError(call: "open", path: path, code: EINVAL) }
      head = try file.read(at: 0, count: 100)
    } catch { throw .unusable(path: path, words: error.reason) }
    if head.isEmpty { return }
    guard head.starts(with: Array("SQLite format 3\0".utf8)), head.count == 100 else { throw .foreign(path: path) }
    var found: (application: Int64, version: Int64, words: String) = (0, 0, "ok")
    do throws(Database.Failure) {
      let database = try Database(path, writes: false)
      found.application = try database.number("PRAGMA application_id")
      found.version = try database.number("PRAGMA user_version")
      guard found.application == application else { throw Database.Failure(code: SQLiteCode.notOurs, words: "") }
      try database.run("PRAGMA quick_check(1)") { row in
        let lines = (row.first?.bytes ?? []).split(separator: UInt8(ascii: "\n"))
        found.words = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
      }
    } catch {
      if error.code == SQLiteCode.notOurs { throw .foreign(path: path) }
      throw error.problem(path)
    }
    if found.version > version { throw .later(path: path) }
    if found.words != "ok" { throw .damaged(path: path, words: found.words) }
  }

  private enum SQLiteCode {
    /// None of SQLite's, which are above 0.
    static let notOurs: Int32 = -1
  }

  /// The lock is a file of its own: closing another descriptor of the database would let go of SQLite's locks on it
  /// (sqlite.org/howtocorrupt.html, section 2.2).
  private static func locked(_ path: String) throws(HistoryProblem) -> CInt {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    if !folder.isEmpty, !exists(folder) {
      do throws(FileError) { try makeFolder(folder) } catch { throw .unusable(path: path, words: error.reason) }
    }
    let descriptor: CInt
    do throws(FileError) {
      descriptor = try openAppending(path + ".lock", mode: 0o600)
      // What SQLite puts beside a file has the file's mode: what a host does is for its administrator to read.
      if !exists(path) { _ = Glibc.close(try openNew(path)) }
    } catch { throw .unusable(path: path, words: error.reason) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw code == EWOULDBLOCK
        ? .inUse(path: path)
        : .unusable(path: path, words: FileError(call: "flock", path: path, code: code).reason)
    }
    return descriptor
  }

  /// The tables are made in one transaction with the file's marks: a file is ours with all of it, or empty.
  private static func prepare(_ database: Database) throws(Database.Failure) {
    try database.run("BEGIN IMMEDIATE")
    if try database.number("PRAGMA application_id") == 0 {
      try database.run("PRAGMA application_id = \(application)")
      try database.run("PRAGMA user_version = \(version)")
      try database.run(
        "CREATE TABLE watched (rule BLOB, day INTEGER, span INTEGER, PRIMARY KEY (rule, day)) WITHOUT ROWID")
      try database.run(
        """
        CREATE TABLE remembered (rule BLOB, key BLOB, hour INTEGER, count INTEGER, sum INTEGER, squares REAL,
          PRIMARY KEY (rule, key, hour)) WITHOUT ROWID
        """)
    }
    try database.run("COMMIT")
    try database.run("PRAGMA journal_mode = WAL")
    try database.run("PRAGMA synchronous = NORMAL")
  }

  // MARK: Reading and writing

  /// What a rule remembers; nothing of a rule that has watched with this file never before.
  package func load(_ rule: String, into history: RuleHistory) throws(HistoryProblem) {
    var days: [Int64: Int64] = [:]
    var rows: [(key: [UInt8], hour: Series.Hour)] = []
    let name = [Database.Value.bytes(Array(rule.utf8))]
    do throws(Database.Failure) {
      // Whoever may write to the file may have written anything: what cannot be is left out.
      try database.run("SELECT day, span FROM watched WHERE rule = ? LIMIT 1000", [name]) { row in
        if let day = row[0].integer, let span = row[1].integer, (0...24 * Series.hour).contains(span) {
          days[day] = span
        }
      }
      let most = RuleHistory.mostRows
      try database.run(
        """
        SELECT key, hour, count, sum, squares FROM remembered
          WHERE rule = ? AND length(key) <= \(RuleHistory.longestKey) LIMIT \(most)
        """, [name]
      ) { row in
        guard let key = row[0].bytes, let hour = row[1].integer, let count = row[2].integer, let sum = row[3].integer,
          let squares = row[4].real, (-Self.farthest...Self.farthest).contains(hour), count > 0
        else { return }
        rows.append((key, Series.Hour(hour: hour, count: count, sum: sum, squares: squares)))
      }
    } catch { throw error.problem(path) }
    history.restore(days: days, rows: rows, isSaved: true)
  }

  /// Hours farther from 1970 than 64 bits of nanoseconds reach are none.
  private static let farthest = Int64.max / Series.hour

  /// Writes what changed since the last time, all of it or nothing.
  package func save(_ histories: [(rule: String, history: RuleHistory)]) throws(HistoryProblem) {
    do throws(Database.Failure) {
      try database.run("BEGIN IMMEDIATE")
      do throws(Database.Failure) {
        for (rule, history) in histories { try write(history.changes, of: .bytes(Array(rule.utf8))) }
        try database.run("COMMIT")
      } catch {
        try? database.run("ROLLBACK")
        throw error
      }
    } catch { throw error.problem(path) }
    for (_, history) in histories { history.saved() }
  }

  private func write(_ changes: RuleHistory.Changes, of rule: Database.Value) throws(Database.Failure) {
    if changes.firstHour > .min {
      try database.run("DELETE FROM remembered WHERE rule = ? AND hour < ?", [[rule, .integer(changes.firstHour)]])
      try database.run("DELETE FROM watched WHERE rule = ? AND day < ?", [[rule, .integer(changes.firstDay)]])
    }
    try database.run(
      "INSERT OR REPLACE INTO watched VALUES (?, ?, ?)",
      changes.days.sorted { $0.key < $1.key }.map { [rule, .integer($0.key), .integer($0.value)] })
    try database.run(
      "INSERT OR REPLACE INTO remembered VALUES (?, ?, ?, ?, ?, ?)",
      changes.rows.map { row in
        [
          rule, .bytes(row.key), .integer(row.hour.hour), .integer(row.hour.count), .integer(row.hour.sum),
          .real(row.hour.squares),
        ]
      })
  }
}

extension Database {
  /// What a statement gives in its first row and column; 0 where it gives none.
  fileprivate func number(_ text: String) throws(Failure) -> Int64 {
    var found: Int64 = 0
    try run(text) { row in found = row.first?.integer ?? 0 }
    return found
  }
}

extension Database.Failure {
  fileprivate func problem(_ path: String) -> HistoryProblem {
    if isDamage { return .damaged(path: path, words: words) }
    return isBusy ? .inUse(path: path) : .unusable(path: path, words: words)
  }
}
