package import IR

/// What the emitter hands to `Kernel` and to the session: programs and maps, and what each of them is for.
package struct EmittedObject: Sendable {
  package var spec: ObjectSpec
  /// The hook of each program in `spec.programs`.
  package var hooks: [Hook]
  package var roles: Roles

  package init(spec: ObjectSpec, hooks: [Hook], roles: Roles) {
    self.spec = spec
    self.hooks = hooks
    self.roles = roles
  }

  /// Which map in `spec.maps` is what; nil where the program needs none.
  package struct Roles: Sendable, Hashable {
    /// The ring buffer with the records (`RecordLayout`). There is always one.
    package var records = 0
    /// A per-CPU array of one value: a 64-bit count for each case of `Drop`, in its order, and behind them one for each associative
    /// array, of the dynamic variables that were its elements. There is always one.
    package var drops = 1
    /// An array of one value: word 0 is what is added to CLOCK_MONOTONIC nanoseconds to give those since 1970. The host
    /// fills it before any program runs, and anew when the clock is set.
    package var clock: Int?
    /// An array of one value that holds the global variables.
    package var globals: Int?
    /// An array of one value: word 0 counts the threads whose firing is to be taken up again at a `resumption` that has not come.
    package var postponed: Int?
    /// For each `Variable.ID` of global scope its place in that value: integers take their width, texts their capacity.
    package var globalOffsets: [Variable.ID: Int] = [:]
    /// Task storage that holds each thread's `self->` variables.
    package var threads: Int?
    /// A hash map for each associative array that a program uses: keys as `KeyLayout` says; the value is the integer, extended
    /// by its sign to 8 bytes, or the text, padded with zeros to a multiple of 8.
    package var arrays: [AssociativeArray.ID: Int] = [:]
    package var aggregations: [Aggregation.ID: AggregationMap] = [:]
    /// Where speculations are kept.
    package var speculations: Speculations?
    package init() {}
  }

  package struct Speculations: Sendable, Hashable {
    /// An array with a `SpeculationState` for each number.
    package var states: Int
    /// A queue of the free numbers, four bytes each. The host puts a number back when it has freed it.
    package var free: Int
  }

  /// An element of the array of speculations' states: word 0 has flags in its low bits and above them how many times the number
  /// was given; word 1 the bytes that its records hold. Element 0 counts: word 0 what was committed and discarded, word 1,
  /// which the host counts, what was freed.
  package enum SpeculationState {
    package static let size = 16
    package static let flagBits: Int32 = 3
    package static let inUse: Int32 = 1
    /// Committed or discarded: nothing more is recorded for it. The host frees it by clearing all flags.
    package static let concluded: Int32 = 2
    /// Committed.
    package static let committed: Int32 = 4
  }

  /// Where an aggregation's entries are.
  package enum AggregationMap: Sendable, Hashable {
    /// A per-CPU hash: keys as `KeyLayout` says, values as `Aggregation.Function.words` says.
    case hash(Int)
    /// A per-CPU array of one value: the aggregation has no key. Behind the value is a word that is not zero once the entry
    /// exists.
    case single(Int)
    /// A per-CPU array for an aggregation with one key, a symbol: the element is the symbol's index in `Program.symbols`.
    /// Behind each value is a word that is not zero once the entry exists.
    case symbols(Int)
    /// A per-CPU hash that aggregations share: the aggregation's number in 8 bytes, then its key, then zeros.
    case shared(Int)

    /// The map's index.
    package var index: Int {
      switch self {
      case .hash(let index), .single(let index), .symbols(let index), .shared(let index): index
      }
    }
  }

  /// What the programs count when they must leave something out, per CPU. The names are DTrace's.
  package enum Drop: Int, Sendable, Hashable, CaseIterable {
    /// A record found no room in the ring.
    case principal
    /// An aggregation had no room for a new key.
    case aggregation
    /// A dynamic variable (an associative array's or a thread's) had no room.
    case dynamic
    /// A firing found all of its CPU's scratch memory in use by firings that it interrupted.
    case nesting
    /// A record found no room in its speculation.
    case speculation
    /// speculation() found none free, but some that wait for the host to free them.
    case speculationBusy
    /// speculation() found all in use.
    case speculationUnavailable
    /// A clock's firing that the kernel skipped, being late by more than its period.
    case tick

    /// Bytes of the counts in the value of the drops map.
    package static var size: Int { allCases.count * 8 }
    /// Where the count is in that value.
    package var offset: Int { rawValue * 8 }
    /// Where an array's own count is.
    package static func offset(of array: AssociativeArray.ID) -> Int { size + array * 8 }
  }
}

extension Aggregation.Function {
  /// The word that tells whether an entry exists, in a map whose elements always do.
  package func touchedWord(in map: EmittedObject.AggregationMap) -> Int? {
    switch map {
    case .hash, .shared: nil
    case .single, .symbols: words
    }
  }
}
