import Events
import Processes
import Rules
import Time

/// Where processes' programs come from (`FindingOrigin`): what the stream told of them and, live, what this machine says when it is asked.
struct Origins {
  private let isLive: Bool
  private var digests: [ProcessID: [UInt8]] = [:]
  private var containers: [ProcessID: String] = [:]
  /// What this machine said lately, and when; a rule may find something of one process with every packet.
  private var asked: [ProcessID: (origin: FindingOrigin, at: Int64)] = [:]
  /// When processes last became other programs; begun anew when it is full.
  private var changes: [ProcessID: Instant] = [:]
  private var executables = ExecutableDigests()
  private var packages = InstalledPackages()
  private let images = ContainerImages()

  /// Beyond so many processes nothing more is kept; those that ended are let go of.
  private static let most = 1 << 16
  private static let mostAsked = 1024
  /// Nanoseconds after which this machine is asked anew.
  private static let isFresh: Int64 = 1_000_000_000

  /// - Parameter isLive: this machine is asked, too; what it has to say of packages is read now, before anything has happened that waits for it.
  init(isLive: Bool) {
    self.isLive = isLive
    if isLive { packages.read() }
  }

  mutating func learn(_ event: Event) {
    let process = event.actor.process
    switch event.what {
    case .state(let state):
      if digests.count < Self.most, !state.digest.isEmpty { digests[process] = state.digest }
    case .container(let group):
      if containers.count < Self.most, let id = container(ofControlGroup: group) {
        containers[process] = printable(id)
      }
    case .process(.create(let child)):
      if digests.count < Self.most, let digest = digests[process] { digests[child] = digest }
      if containers.count < Self.most, let id = containers[process] { containers[child] = id }
    case .process(.exec):
      if changes.count >= Self.most { changes.removeAll(keepingCapacity: true) }
      changes[process] = event.time
      digests[process] = nil
      asked[process] = nil
    case .process(.exit):
      digests[process] = nil
      asked[process] = nil
      containers[process] = nil
    default: break
    }
  }

  /// Whether a process became another program after a moment: what this machine said of it may be true of the later one alone.
  func hasChanged(_ process: ProcessID, since time: Instant) -> Bool { changes[process].map { $0 > time } ?? false }

  mutating func origin(of process: ProcessID) -> FindingOrigin {
    let now = Clock.monotonic.now
    if let before = asked[process], now - before.at < Self.isFresh { return before.origin }
    let origin = askedAnew(process)
    if asked.count >= Self.mostAsked { asked.removeAll(keepingCapacity: true) }
    if isLive { asked[process] = (origin, now) }
    return origin
  }

  private mutating func askedAnew(_ process: ProcessID) -> FindingOrigin {
    var origin = FindingOrigin()
    origin.digest = digests[process] ?? []
    origin.container = containers[process]
    let told = origin
    guard isLive, isAlive(process) else { return origin }
    if origin.digest.isEmpty { origin.digest = executables.digest(of: process.pid, limit: 256 << 20) }
    let running = RunningProgram(of: process.pid)
    origin.program = running.path
    origin.unit = systemUnit(of: process.pid)
    if origin.container == nil {
      origin.container = containerGroup(of: process.pid).flatMap { container(ofControlGroup: $0) }.map(printable)
    }
    origin.image = origin.container.flatMap(images.image)
    // A container has packages of its own.
    if origin.container == nil, !running.isDeleted {
      origin.package = packages.package(of: process.pid, path: running.path)
    }
    // What was read is the process's only if it is still there.
    return isAlive(process) ? origin : told
  }

  /// Whether the pid is still this process's; /proc knows starts only in steps of 10 ms.
  private func isAlive(_ process: ProcessID) -> Bool {
    guard let actor = try? ProcessSnapshot.actor(of: process.pid) else { return false }
    return actor.process.start / 10_000_000 == process.start / 10_000_000
  }
}
