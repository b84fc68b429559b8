import CSQLite

/// The door to SQLite: one connection, which one owner uses at a time.
///
/// Safe: the handle is its own, and open from the beginning to the end of it.
@safe final class Database {
  /// SQLite's answer to a call that failed, and its words for it.
  struct Failure: Error {
    /// The primary result code (sqlite.org/rescode.html).
    var code: Int32
    var words: String

    /// SQLITE_BUSY and SQLITE_LOCKED.
    var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    /// SQLITE_CORRUPT and SQLITE_NOTADB.
    var isDamage: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
  }

  /// What a statement is given in a place, or has in a column.
  enum Value: Equatable {
    case integer(Int64)
    case real(Double)
    case bytes([UInt8])
  }

  private let handle: OpaquePointer

  /// - Parameter writes: the file is made when there is none.
  init(_ path: String, writes: Bool) throws(Failure) {
    var opened: OpaquePointer?
    let flags = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    // Safe: the path is a NUL-ended copy for the call, which gives a handle even where it fails; that is closed then.
    let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let handle = unsafe opened else {
      let failure = unsafe Self.failure(opened, code)
      unsafe sqlite3_close_v2(opened)
      throw failure
    }
    unsafe self.handle = handle
    // Safe: the handle is open until this object goes away.
    unsafe sqlite3_busy_timeout(handle, 1000)
    // What the file says of its own structure is not trusted (sqlite.org/security.html).
    try run("PRAGMA trusted_schema = OFF")
    try run("PRAGMA cell_size_check = ON")
  }

  // Safe: nobody uses the handle any more, and every statement is finalized by who made it.
  deinit { unsafe sqlite3_close_v2(handle) }

  private static func failure(_ handle: OpaquePointer?, _ code: Int32) -> Failure {
    // Safe: the words are copied before the next call.
    guard let handle = unsafe handle, let words = unsafe sqlite3_errmsg(handle) else {
      return Failure(code: code & 0xff, words: "error \(code)")
    }
    return Failure(code: code & 0xff, words: unsafe String(cString: words))
  }

  private func check(_ code: Int32) throws(Failure) {
    guard code != SQLITE_OK else { return }
    throw unsafe Self.failure(handle, code)
  }

  /// Does one statement for each list of values, and hands its rows to `take`.
  func run(
    _ text: String, _ lists: [[Value]] = [[]], take: ([Value]) -> Void = { _ in }
  ) throws(Failure) {
    var prepared: OpaquePointer?
    // Safe: the text is a NUL-ended copy for the call; the statement is finalized below whatever happens.
    try check(unsafe sqlite3_prepare_v2(handle, text, -1, &prepared, nil))
    guard let statement = unsafe prepared else { return }
    defer { unsafe sqlite3_finalize(statement) }
    for values in lists {
      for (place, value) in values.enumerated() { try check(unsafe bind(value, Int32(place + 1), of: statement)) }
      while true {
        // Safe: the statement is not finalized yet.
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_DONE { break }
        guard code == SQLITE_ROW else { throw unsafe Self.failure(handle, code) }
        // Safe: the same; columns are read before the next step.
        let count = unsafe sqlite3_column_count(statement)
        take((0..<count).map { unsafe column($0, of: statement) })
      }
      try check(unsafe sqlite3_reset(statement))
    }
  }

  private func bind(_ value: Value, _ place: Int32, of statement: OpaquePointer) -> Int32 {
    switch value {
    // Safe: the statement is not finalized yet.
    case .integer(let number): unsafe sqlite3_bind_int64(statement, place, number)
    case .real(let number): unsafe sqlite3_bind_double(statement, place, number)
    case .bytes(let bytes):
      // Safe: the buffer lives for the call, in which SQLite copies it.
      unsafe bytes.withUnsafeBytes {
        unsafe culprit_bind_bytes(statement, place, $0.baseAddress, Int32(clamping: $0.count))
      }
    }
  }

  private func column(_ index: Int32, of statement: OpaquePointer) -> Value {
    // Safe: the statement stands at a row, and the bytes are copied before it steps on.
    switch unsafe sqlite3_column_type(statement, index) {
    case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(statement, index))
    case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(statement, index))
    default:
      let start = unsafe sqlite3_column_blob(statement, index)
      let count = Int(unsafe sqlite3_column_bytes(statement, index))
      guard let start = unsafe start, count > 0 else { return .bytes([]) }
      return .bytes(unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count)))
    }
  }
}

extension Database.Value {
  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  var real: Double? {
    switch self {
    case .real(let number): number
    case .integer(let number): Double(number)
    case .bytes: nil
    }
  }
  var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}
