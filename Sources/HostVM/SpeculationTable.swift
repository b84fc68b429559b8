import IR

/// The numbers that speculation() gives, and what each is about. A number that is freed is given again after those that were
/// free before it.
struct SpeculationTable: Sendable {
  private struct State: Sendable {
    /// How many times the number was given.
    var given: UInt64 = 0
    /// Bytes that its records hold.
    var size: UInt64 = 0
    var inUse = false
    var isConcluded = false
    var isCommitted = false
  }

  private var states: [State] = []
  private var free: [Int] = []
  private let count: Int
  private let sizeLimit: UInt64
  private var concludedCount = 0

  init(_ limits: Program.Limits) {
    count = max(1, min(limits.speculations, Program.Limits.mostSpeculations))
    sizeLimit = UInt64(max(0, limits.speculationSize))
  }

  /// Whether one that is not free will soon be.
  var isBusy: Bool { concludedCount > 0 }

  /// A free number, or 0.
  mutating func take() -> UInt64 {
    if states.isEmpty {
      states = [State](repeating: State(), count: count)
      free = Array(1...count)
    }
    guard !free.isEmpty else { return 0 }
    let number = free.removeFirst()
    states[number - 1] = State(given: states[number - 1].given + 1, inUse: true)
    return UInt64(number)
  }

  /// The ticket of a speculation in use that `size` more bytes fit; else 0, and whether they do not fit.
  mutating func charge(_ number: UInt64, _ size: UInt64) -> (ticket: UInt64, isFull: Bool) {
    guard let index = index(number) else { return (0, false) }
    if states[index].size + size > sizeLimit { return (0, true) }
    states[index].size += size
    return (ticket(index), false)
  }

  /// The ticket of a speculation in use, which is committed or discarded from here on; 0 for another number, nil for one that
  /// none can have.
  mutating func conclude(_ number: UInt64, commits: Bool) -> UInt64? {
    if number > UInt64(count) { return nil }
    guard let index = index(number) else { return 0 }
    states[index].isConcluded = true
    states[index].isCommitted = commits
    concludedCount += 1
    return ticket(index)
  }

  /// Those that wait for `free`.
  var concluded: [(ticket: UInt64, commits: Bool)] {
    if concludedCount == 0 { return [] }
    return states.indices.filter { states[$0].inUse && states[$0].isConcluded }.map {
      (ticket($0), states[$0].isCommitted)
    }
  }

  mutating func free(_ ticket: UInt64) {
    let index = Int(ticket & 0xffff) - 1
    guard states.indices.contains(index), states[index].isConcluded, self.ticket(index) == ticket else { return }
    states[index].inUse = false
    states[index].isConcluded = false
    concludedCount -= 1
    free.append(index + 1)
  }

  /// The place of a number in use and not concluded.
  private func index(_ number: UInt64) -> Int? {
    guard number > 0, number <= UInt64(states.count) else { return nil }
    let index = Int(number) - 1
    return states[index].inUse && !states[index].isConcluded ? index : nil
  }

  private func ticket(_ index: Int) -> UInt64 { states[index].given << 16 | UInt64(index + 1) }
}
