import ArgumentParser
import Files
import Glibc
import Reports
import Rules
import Serving
import Session

/// `culprit watch`: the rules over this machine or over recordings; a line a finding.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Run the rules, live or over a recording, and tell what they find.")

  @Option(
    name: .customShort("r"),
    help: "A recording or a capture instead of this machine; several are read as one.")
  var files: [String] = []

  @Option(name: [.long, .customShort("i")], help: "Without -r: an interface to capture from; may be given again.")
  var interface: [String] = []

  @Option(help: "How long to watch, such as 30s; else until it is interrupted.")
  var duration: String?

  @OptionGroup var places: RulePlaces

  @Option(help: "What this site sets of the rules: YAML.")
  var settings: String?

  @Option(help: "What this site does not want to hear of, and why: YAML.")
  var exceptions: String?

  @Flag(help: "Tell findings that an exception hides too, with its name.")
  var suppressed = false

  @Option(
    help: """
      Where rules keep what they remember of this host, or none. Live, $STATE_DIRECTORY/history.sqlite or \
      /var/lib/culprit/history.sqlite when nothing is said; with -r a file only where one is named, which is then added to.
      """)
  var history: String?

  @OptionGroup(title: "Outputs") var outputs: FindingOutputs
  @OptionGroup var metrics: WatchMetrics

  func validate() throws {
    if !files.isEmpty, !interface.isEmpty || duration != nil || metrics.metrics != nil {
      throw ValidationError("-r reads a file; --interface, --duration and --metrics are for a live run")
    }
    if history == "" { throw ValidationError("--history names a file, or is none") }
    if let duration, seconds(duration) == nil {
      throw ValidationError("'\(duration)' is not a duration such as 30s")
    }
  }

  func run() throws {
    let rules = try readRules()
    let onTerminal = isatty(STDERR_FILENO) == 1
    let outlets = try outputs.open(waits: !files.isEmpty)
    let meter = WatchMeter()
    let server = try metrics.open(meter, outlets)
    defer { server?.end() }
    func report(_ progress: ObservationProgress) {
      if onTerminal { note("\(progress.packets) packets, \(progress.events) events") }
    }
    func begun(_ histories: YoungHistories) {
      let places = interface.isEmpty ? "" : " and \(interface.joined(separator: ", "))"
      note(
        "culprit: watching this machine's processes\(places) by \(rules.packs.map(\.rules.count).reduce(0, +)) rules")
      tell(histories)
    }
    let result: WatchEnd
    do throws(TraceProblem) {
      if files.isEmpty {
        var request = ObservationRequest()
        request.interfaces = interface
        request.duration = duration.flatMap(seconds)
        result = try watch(
          live: request, rules, reloading: reloading(outlets), meter: server == nil ? nil : meter, begun: begun,
          tell: outlets.tell, isHeard: { !outlets.isGone }, progress: report)
      } else {
        result = try watch(
          recording: files, rules, tell: outlets.tell, isHeard: { !outlets.isGone }, progress: report)
      }
    } catch {
      outlets.finish()
      throw ExitCode(complain(error))
    }
    outlets.finish()
    for account in result.exceptions { note("culprit: \(exceptionText(account))") }
    for loss in result.losses { note("culprit: \(loss.rule) had no room for \(loss.count) of what it counts") }
    for loss in result.end.losses where loss.count > 0 { note("culprit: \(loss.stage) lost \(loss.count)") }
    if case .fileDamaged(let why) = result.end.reason { note("culprit: \(why); what could be read was watched") }
    if result.found {
      tell(result.histories)
      throw ExitCode(ExitStatus.found)
    }
    if let problem = result.histories.problem { note("culprit: rules remember nothing of this run: \(problem)") }
    guard !result.untold.isEmpty else { return }
    for (why, rules) in Dictionary(grouping: result.untold, by: \.why).sorted(by: { $0.key < $1.key }) {
      note("culprit: cannot tell, for \(why): \(rules.map(\.rule).joined(separator: " "))")
    }
    throw ExitCode(ExitStatus.incomplete)
  }

  private func readRules() throws -> WatchRequest {
    var request = WatchRequest(try places.readSound())
    let rules = request.packs.flatMap(\.rules)
    if let settings { request.settings = try read(settings) { RuleSettings.reading($0, file: settings, rules: rules) } }
    if let exceptions { request.exceptions = try readExceptions(exceptions, for: request.packs) }
    request.tellsSuppressed = suppressed
    request.history = place(live: files.isEmpty)
    return request
  }

  /// What rules do not know from before, and so find nothing yet.
  private func tell(_ histories: YoungHistories) {
    if let problem = histories.problem { note("culprit: rules remember nothing of this run: \(problem)") }
    // Who keeps none knows that there is none.
    if case .nowhere = place(live: files.isEmpty) { return }
    for (needed, rules) in Dictionary(grouping: histories.rules, by: \.needed).sorted(by: { $0.key < $1.key }) {
      let days = rules.map { "\($0.rule) has \($0.days)" }.joined(separator: ", ")
      note("culprit: of the \(needed) days of history that they need \(days)")
    }
  }

  private func place(live isLive: Bool) -> HistoryPlace {
    switch history {
    case "none": .nowhere
    case let path?: .file(path)
    case nil: isLive ? .usual(usualHistory()) : .nowhere
    }
  }

  /// SIGHUP: outputs' files are opened by their names again, and packs, settings and exceptions are read again.
  private func reloading(_ outlets: FindingOutlets) -> Reloading {
    Reloading {
      outlets.reopen()
      guard let request = try? readRules() else {
        note("culprit: the rules stay as they were")
        return nil
      }
      return request
    } tell: { outcome in
      switch outcome {
      case .refused(let problem):
        _ = complain(problem)
        note("culprit: the rules stay as they were")
      case .taken(let change):
        var line = "culprit: the rules are read again: \(change.kept.count) as they were"
        for (ids, what) in [(change.begun, "begun anew"), (change.ended, "ended")] where !ids.isEmpty {
          line += "; \(what): " + ids.joined(separator: " ")
        }
        note(line)
        if !change.deaf.isEmpty {
          note("culprit: of \(change.deaf.joined(separator: " ")) not all system calls are watched; begin culprit anew")
        }
      }
    }
  }
}
