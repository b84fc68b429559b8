/// A filter tried on frames: first on the corpus, then on frames made from it to turn the comparisons that refused it, so that hosts,
/// ports and contents which no ordinary frame has are found in the program itself.
struct FilterTrial {
  /// A frame that the filter takes, and how it came to.
  struct Acceptance {
    var frame: ProbeFrame
    var tests: [FilterRun.Test]
    /// The frame of the corpus that it was made from.
    var seed: Int
    var isOfCorpus: Bool
  }

  private(set) var accepted: [Acceptance] = []
  /// False when the bound came before every comparison had been turned.
  private(set) var isComplete = true

  /// Steps of all runs together, and runs: about a tenth of a second.
  private static let stepLimit = 400_000
  private static let runLimit = 6000
  /// Frames made, also those that were not worth a run.
  private static let makeLimit = 100_000
  /// How often one comparison of the program is turned the same way for what began as one frame of the corpus.
  private static let turnLimit = 4
  private static let acceptedLimit = 512

  private struct Turn: Hashable {
    var seed: Int
    var at: Int
    var holds: Bool
  }

  init(_ program: FilterProgram, over probes: ProbeFrames) {
    let corpus = probes.frames
    let shapes = Shapes(corpus, isBound: probes.isBound)
    var queue = corpus.enumerated().map { (seed: $0.offset, frame: $0.element) }
    var seen = Set(corpus)
    var turns: [Turn: Int] = [:]
    var steps = 0
    var made = 0
    var next = 0
    while next < queue.count {
      let (seed, frame) = queue[next]
      let run = FilterRun(program, over: frame)
      steps += run.stepCount
      if run.accepts {
        if accepted.count < Self.acceptedLimit {
          let isOfCorpus = next < corpus.count
          accepted.append(Acceptance(frame: frame, tests: run.tests, seed: seed, isOfCorpus: isOfCorpus))
        }
      }
      next += 1
      for test in run.tests {
        guard steps < Self.stepLimit, made < Self.makeLimit, queue.count < Self.runLimit else {
          isComplete = false
          break
        }
        let turn = Turn(seed: seed, at: test.at, holds: !test.holds)
        guard turns[turn, default: 0] < Self.turnLimit, let other = test.frameThatTurnsIt(frame) else { continue }
        made += 1
        guard shapes.allows(test, to: other, from: frame), seen.insert(other).inserted else { continue }
        turns[turn, default: 0] += 1
        queue.append((seed, other))
      }
      // The corpus itself is always tried to its end: a frame of it costs at most FilterProgram.limit steps.
      if steps >= Self.stepLimit, next >= corpus.count { break }
    }
    if next < queue.count { isComplete = false }
  }
}

/// What says how the other bytes of a frame are to be read.
private struct Shape: Equatable {
  var etherType: UInt32
  /// The IP protocol, and what is before it.
  var path: [UInt32] = []
  /// IP's version and the header's length. A filter that sees no link header knows IP by it alone. Of the link's own protocols the first two bytes,
  /// which say which version of it that is.
  var first: UInt32 = 0
  /// The ports, where they name a service whose message stands behind them.
  var servicePorts: ArraySlice<UInt8> = []

  init(_ frame: ProbeFrame) {
    etherType = frame.etherType
    let headers = FrameHeaders(frame)
    if headers != nil || frame.start == ProbeFrame.network {
      first = frame.number(at: ProbeFrame.network, width: 1) ?? 0
    } else if Traffic.isLink(etherType) {
      first = frame.number(at: ProbeFrame.network, width: 2) ?? 0
    }
    guard let headers else { return }
    path = [etherType, headers.proto, UInt32(headers.extensions)]
    if headers.hasPorts, !Traffic(of: frame).isConversation {
      servicePorts = frame.bytes[headers.sourcePort.lowerBound..<headers.targetPort.upperBound]
    }
  }
}

/// The shapes of the corpus. A frame with another shape than its bytes were made for is read as what it is not: it is tried only
/// where the corpus has nothing better of that shape.
private struct Shapes {
  private let etherTypes: Set<UInt32>
  private let paths: Set<[UInt32]>
  private let isBound: Bool

  init(_ corpus: [ProbeFrame], isBound: Bool) {
    self.isBound = isBound
    etherTypes = Set(corpus.map(\.etherType))
    paths = Set(corpus.map { Shape($0).path })
  }

  func allows(_ test: FilterRun.Test, to other: ProbeFrame, from frame: ProbeFrame) -> Bool {
    let (new, old) = (Shape(other), Shape(frame))
    if new == old { return true }
    guard test.comparison == .equal, !test.holds else { return false }
    if new.etherType != old.etherType {
      return !isBound && !etherTypes.contains(new.etherType) && Traffic.controlGroup(of: frame) == nil
    }
    if new.path != old.path { return new.first == old.first && !paths.contains(new.path) }
    return new.first == old.first && old.servicePorts.isEmpty
  }
}
