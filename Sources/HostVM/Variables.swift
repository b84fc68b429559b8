// Global, clause-local and thread-local variables: frames of words, an integer in one, a text in its length and its
// bytes.

import IR

/// Where each variable lies in the frame of its scope.
struct FrameLayout: Sendable {
  private(set) var offsets: [Int] = []
  private(set) var globals = 0
  private(set) var thread = 0
  private(set) var clause = 0

  init(_ variables: [Variable]) {
    for variable in variables {
      switch variable.scope {
      case .global: offsets.append(Self.place(variable, &globals))
      case .thread: offsets.append(Self.place(variable, &thread))
      case .clause: offsets.append(Self.place(variable, &clause))
      }
    }
  }

  private static func place(_ variable: Variable, _ end: inout Int) -> Int {
    let offset = end
    // Global and clause-local variables of bytes lie in memory that has addresses (`OwnMemory`).
    if variable.scope == .thread || variable.storage.kind != .bytes { end += words(of: variable.storage) }
    return offset
  }

  static func words(of storage: Storage) -> Int {
    switch storage {
    case .integer: 1
    case .text(let capacity): TextStore.words(capacity: capacity)
    case .bytes(let count): (count + 7) / 8
    }
  }
}

struct Variables: Sendable {
  var globals: [UInt64]
  private(set) var locals: [UInt64]
  /// The interrupted firing's `this->` variables while ERROR's clauses run.
  private var sparedLocals: [UInt64]
  private var threads: WordTable
  /// The entry of the firing's thread: -1 when it has none, -2 when nobody has looked yet.
  private var current = -2
  private var threadKey: KeyBuffer

  init(_ frames: FrameLayout, limit: Int, seed: UInt64) {
    globals = [UInt64](repeating: 0, count: frames.globals)
    locals = [UInt64](repeating: 0, count: frames.clause)
    sparedLocals = locals
    threads = WordTable(keyWords: 1, valueWords: frames.thread, limit: limit)
    threadKey = KeyBuffer(capacity: 1, seed: seed)
  }

  mutating func beginFiring() {
    for word in locals.indices { locals[word] = 0 }
    current = -2
  }

  /// Sets the interrupted firing's own variables aside, and brings them back.
  mutating func exchange() {
    swap(&locals, &sparedLocals)
    current = -2
  }

  @inline(__always)
  mutating func load(_ scope: Variable.Scope, _ offset: Int, tid: UInt32) -> UInt64 {
    switch scope {
    case .global: return globals[offset]
    case .clause: return locals[offset]
    case .thread:
      let entry = find(tid)
      return entry < 0 ? 0 : threads.values[entry &* threads.valueWords &+ offset]
    }
  }

  /// False when there is no room for the thread's variables.
  @inline(__always)
  mutating func store(_ value: UInt64, _ scope: Variable.Scope, _ offset: Int, tid: UInt32) -> Bool {
    switch scope {
    case .global: globals[offset] = value
    case .clause: locals[offset] = value
    case .thread:
      let entry = value == 0 ? find(tid) : insert(tid)
      if entry < 0 { return value == 0 }
      threads.values[entry &* threads.valueWords &+ offset] = value
    }
    return true
  }

  mutating func load(_ scope: Variable.Scope, _ offset: Int, into texts: inout TextStore, _ text: Int, tid: UInt32) {
    switch scope {
    case .global: texts.load(text, from: globals, at: offset, unsetIsNull: false)
    case .clause: texts.load(text, from: locals, at: offset, unsetIsNull: false)
    case .thread:
      let entry = find(tid)
      if entry < 0 { return texts.setNull(text) }
      texts.load(text, from: threads.values, at: entry &* threads.valueWords &+ offset, unsetIsNull: true)
    }
  }

  /// False when there is no room for the thread's variables.
  mutating func store(
    _ text: Int, of texts: TextStore, _ scope: Variable.Scope, _ offset: Int, capacity: Int, tid: UInt32
  ) -> Bool {
    switch scope {
    case .global: texts.store(text, to: &globals, at: offset, capacity: capacity)
    case .clause: texts.store(text, to: &locals, at: offset, capacity: capacity)
    case .thread:
      let isNull = texts.places[text].isNull
      let entry = isNull ? find(tid) : insert(tid)
      if entry < 0 { return isNull }
      texts.store(text, to: &threads.values, at: entry &* threads.valueWords &+ offset, capacity: capacity)
    }
    return true
  }

  /// A thread's variable of bytes, zeros where it has none, to the offset `at`.
  mutating func load(_ offset: Int, count: Int, into memory: inout ScratchMemory, at: Int, tid: UInt32) {
    let entry = find(tid)
    if entry < 0 {
      memory.clear(at: at, count: count)
    } else {
      memory.set(threads.values, from: entry &* threads.valueWords &+ offset, at: at, count: count)
    }
  }

  /// False when there is no room for the thread's variables.
  mutating func store(_ offset: Int, _ words: [UInt64], tid: UInt32) -> Bool {
    let entry = insert(tid)
    guard entry >= 0 else { return false }
    for (index, word) in words.enumerated() { threads.values[entry &* threads.valueWords &+ offset &+ index] = word }
    return true
  }

  private mutating func find(_ tid: UInt32) -> Int {
    if current == -2 {
      key(tid)
      current = threads.find(threadKey.words, threadKey.hash)
    }
    return current
  }

  private mutating func insert(_ tid: UInt32) -> Int {
    if find(tid) < 0 {
      key(tid)
      current = threads.insert(threadKey.words, threadKey.hash)
    }
    return current
  }

  private mutating func key(_ tid: UInt32) { threadKey.build { $0.append(UInt64(tid)) } }

  mutating func threadEnded(_ tid: UInt32) {
    key(tid)
    let entry = threads.find(threadKey.words, threadKey.hash)
    if entry >= 0 { threads.remove(entry) }
    current = -2
  }

  /// The words of a variable, nil for a thread that has none.
  func words(_ scope: Variable.Scope, _ range: Range<Int>, tid: UInt32) -> ArraySlice<UInt64>? {
    switch scope {
    case .global: return globals[range]
    case .clause: return locals[range]
    case .thread:
      var key = threadKey
      key.build { $0.append(UInt64(tid)) }
      let entry = threads.find(key.words, key.hash)
      guard entry >= 0 else { return nil }
      let base = entry * threads.valueWords
      return threads.values[base + range.lowerBound..<base + range.upperBound]
    }
  }
}
