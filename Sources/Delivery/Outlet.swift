import Dispatch
import Files
import Synchronization

/// A place for messages, with a queue and a thread of its own: whoever has a message is not held up by it.
///
/// What the place cannot take now waits in the queue, and is tried again after a while that doubles. What comes while the queue is full is
/// lost, and counted; with a spool it waits on disk, as does all that waits when the place has failed or the run ends.
package final class Outlet: Sendable {
  /// What became of the messages.
  package struct Counts: Sendable, Hashable {
    package var delivered: UInt64 = 0
    package var lost: UInt64 = 0
    /// How often a connection broke: what its reader had not read by then may be lost, too.
    package var breaks: UInt64 = 0
    /// How many wait on disk for the next run.
    package var kept: UInt64 = 0
    /// Why the place did not take something last.
    package var reason: String?
    /// Why something found no room on disk last.
    package var spoolReason: String?
    package init() {}
  }

  /// What waits at most: twice as many as findings that a watch holds back until its end, and bytes.
  package static let mostMessages = 1 << 15
  package static let mostBytes = 32 << 20

  /// What it is called in messages to people.
  package let name: String
  private let notice: Notice
  private let place: Mutex<any Place>
  private let state: Mutex<State>
  private let thread: DispatchQueue
  /// Ends a pause between two tries.
  private let hurry = DispatchSemaphore(value: 0)
  /// There is room again, or none will be.
  private let room = DispatchSemaphore(value: 0)
  /// Nothing waits any more, or it was given up.
  private let finished = DispatchSemaphore(value: 0)

  /// - Parameter spool: the folder of messages that wait on disk; nil for none.
  init(
    _ name: String, _ place: sending any Place, spool folder: String? = nil, spoolName: String? = nil,
    notice: @escaping Notice
  ) throws(FileError) {
    self.name = name
    self.notice = notice
    self.place = Mutex(place)
    var state = State()
    if let folder { state.spool = try Spool(in: folder, for: spoolName ?? name, &state.position) }
    self.state = Mutex(state)
    thread = DispatchQueue(label: name)
    // What is wrong with the place from the beginning is to be told at the beginning.
    reopen()
  }

  /// How many messages wait, how many bytes they are, and what became of the others.
  package var load: (messages: Int, bytes: Int, counts: Counts) {
    state.withLock { ($0.count, $0.bytes, $0.counts) }
  }

  /// Whether it will never take anything again.
  package var isGone: Bool { state.withLock { $0.standing == .gone } }

  /// Takes a message.
  /// - Parameter waits: while the place takes messages and the queue is full, wait for room; else the message is lost.
  package func put(_ message: [UInt8], waits: Bool = false) {
    while true {
      switch state.withLock({ $0.add(message, waits: waits) }) {
      case .start: thread.async { self.deliver() }
      case .nothing: break
      case .wait:
        room.wait()
        continue
      }
      return
    }
  }

  /// Files are opened by their names again, as those who rename them expect.
  package func reopen() {
    let starts = state.withLock { state in
      state.reopens = true
      return state.start()
    }
    if starts { thread.async { self.deliver() } }
  }

  /// Nothing more comes. Waits until all is delivered, but no longer than so many seconds; a place that takes nothing now is tried once
  /// more and then given up. The rest is lost.
  package func finish(within seconds: Int) -> Counts { finish(.now() + .seconds(seconds), wasBusy: close()) }

  /// The same of several at once, which have so many seconds together.
  package static func finish(_ outlets: [Outlet], within seconds: Int) -> [Counts] {
    let end = DispatchTime.now() + .seconds(seconds)
    return outlets.map { ($0, $0.close()) }.map { $0.finish(end, wasBusy: $1) }
  }

  /// - Returns: whether something waits.
  private func close() -> Bool {
    let isBusy = state.withLock { state in
      state.isClosing = true
      return state.isDelivering
    }
    if isBusy { hurry.signal() }
    return isBusy
  }

  private func finish(_ end: DispatchTime, wasBusy: Bool) -> Counts {
    if wasBusy { _ = finished.wait(timeout: end) }
    return state.withLock { state in
      state.loseRest(why: wasBusy ? "it was too slow" : nil)
      // What arrives all the same has been counted, and in the spool it is not the first.
      state.isOver = true
      return state.counts
    }
  }

  /// Runs in the thread until nothing waits.
  private func deliver() {
    var pause = Self.firstPause
    while let job = state.withLock({ $0.next() }) {
      let outcome = attempt(job)
      if state.withLock({ $0.takeWish() }) { room.signal() }
      switch outcome {
      case .done: pause = Self.firstPause
      case .again:
        _ = hurry.wait(timeout: .now() + .milliseconds(pause))
        pause = min(pause * 2, Self.longestPause)
      }
    }
    if state.withLock({ $0.isClosing }) { finished.signal() }
  }

  /// Milliseconds.
  private static let firstPause = 50
  private static let longestPause = 5000

  private enum Outcome { case done, again }

  private func attempt(_ job: Job) -> Outcome {
    do throws(Undelivered) {
      switch job {
      case .open:
        try place.withLock { place throws(Undelivered) in try place.open() }
        heal()
      case .deliver(let message):
        let (lost, breaks) = try place.withLock { place throws(Undelivered) in (try place.take(message), place.breaks) }
        state.withLock { $0.delivered(losing: lost, breaks: breaks) }
        heal()
      }
      return .done
    } catch {
      switch error {
      case .refused(let why):
        state.withLock { $0.drop(why: why) }
        return .done
      case .gone(let why):
        state.withLock { $0.leave(why: why) }
        return .done
      case .later(let why):
        let isNews = state.withLock { $0.fail(why: why) }
        if isNews { notice("\(name): \(why); it is tried again") }
        // What waits is tried by itself.
        if case .open = job { return .done }
        return .again
      }
    }
  }

  private func heal() {
    if state.withLock({ $0.heal() }) { notice("\(name) takes findings again") }
  }
}

extension Outlet {
  fileprivate enum Job { case open, deliver([UInt8]) }
  fileprivate enum Standing { case taking, failing, gone }
  fileprivate enum Addition { case nothing, start, wait }

  fileprivate struct State {
    var spool: Spool?
    var position = Spool.Position()
    private var waiting: [[UInt8]] = []
    /// The first that waits; those before it are delivered.
    private var head = 0
    private(set) var bytes = 0
    private(set) var isDelivering = false
    private(set) var standing = Standing.taking
    private(set) var counts = Counts()
    var reopens = false
    var isClosing = false
    var isOver = false
    /// It was tried once more when nothing more was to come.
    private var wasTriedLast = false
    /// Somebody waits for room.
    private var wish = false

    /// Those in memory are older than those on disk.
    private var inMemory: Int { waiting.count - head }
    var count: Int { inMemory + position.count }

    mutating func add(_ message: [UInt8], waits: Bool) -> Addition {
      if standing == .gone {
        counts.lost &+= 1
        return .nothing
      }
      let isFull = inMemory >= Outlet.mostMessages || bytes + message.count > Outlet.mostBytes && inMemory > 0
      if let spool, isFull || position.count > 0 || standing != .taking {
        guard spool.append(message, &position) else {
          counts.lost &+= 1
          counts.spoolReason = "\(spool.path) has no room"
          return .nothing
        }
        return start() ? .start : .nothing
      }
      if isFull {
        if waits, standing == .taking {
          wish = true
          return .wait
        }
        counts.lost &+= 1
        return .nothing
      }
      waiting.append(message)
      bytes += message.count
      return start() ? .start : .nothing
    }

    /// - Returns: whether the thread must be set to work.
    mutating func start() -> Bool {
      defer { isDelivering = true }
      return !isDelivering
    }

    mutating func next() -> Job? {
      if reopens {
        reopens = false
        return .open
      }
      if count == 0 || standing == .gone || isOver || isClosing && standing == .failing && wasTriedLast {
        isDelivering = false
        return nil
      }
      wasTriedLast = isClosing
      if inMemory > 0 { return .deliver(waiting[head]) }
      if let message = spool?.first(&position) { return .deliver(message) }
      isDelivering = false
      return nil
    }

    mutating func takeWish() -> Bool {
      defer { wish = false }
      return wish
    }

    mutating func delivered(losing lost: UInt64, breaks: UInt64) {
      counts.delivered &+= 1
      counts.delivered &-= min(lost, counts.delivered)
      counts.lost &+= lost
      counts.breaks = breaks
      removeFirst()
    }

    mutating func drop(why: String) {
      counts.lost &+= 1
      counts.reason = why
      removeFirst()
    }

    mutating func leave(why: String) {
      standing = .gone
      counts.reason = why
      loseRest(why: nil)
    }

    /// - Returns: whether it was well before.
    mutating func fail(why: String) -> Bool {
      defer { standing = .failing }
      counts.reason = why
      if position.count == 0 { spoolRest() }
      return standing == .taking
    }

    /// - Returns: whether it was not well before.
    mutating func heal() -> Bool {
      defer { standing = .taking }
      return standing == .failing
    }

    /// What waits in memory goes to disk, as far as there is room.
    private mutating func spoolRest() {
      guard let spool else { return }
      while inMemory > 0, spool.append(waiting[head], &position) { removeFirst() }
    }

    mutating func loseRest(why: String?) {
      spoolRest()
      spool?.note(&position)
      counts.kept = UInt64(position.count)
      counts.lost &+= UInt64(inMemory)
      if inMemory > 0, let why, counts.reason == nil { counts.reason = why }
      (waiting, head, bytes) = ([], 0, 0)
    }

    private mutating func removeFirst() {
      guard inMemory > 0 else {
        if !isOver { spool?.removeFirst(&position) }
        return
      }
      bytes -= waiting[head].count
      waiting[head] = []
      head += 1
      if head == waiting.count || head >= 1024 {
        waiting.removeFirst(head)
        head = 0
      }
    }
  }
}
