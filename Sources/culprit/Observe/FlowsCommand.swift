import ArgumentParser
import Dissection
import Files
import Glibc
import Session

/// `culprit flows`: the conversations of a file, or of a live run, with their owners.
struct FlowsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows", abstract: "Traffic by conversation, process, host, name or container, and whose it is.")

  enum Grouping: String, ExpressibleByArgument, CaseIterable { case process, flow, host, name, container }

  @Option(
    name: .customShort("r"),
    help: "A recording or a capture (pcap, pcapng, .gz; - is standard input); several are read as one.")
  var files: [String] = []

  @Option(
    name: [.long, .customShort("i")],
    help: "Without -r: an interface to capture from, live; may be given again (all of them when none is given).")
  var interface: [String] = []

  @Option(help: "How long to capture, such as 30s; else until it is interrupted.")
  var duration: String?

  @Option(help: "What makes a line: process, flow, host, name or container.")
  var by = Grouping.flow

  @Option(
    help:
      "What comes first: the most bytes, packets, bytes-out, bytes-in, retransmissions or flows, the longest duration or rtt, the latest first or last."
  )
  var sort = FlowOrder.bytes

  @Option(help: "Only so many lines.")
  var top: Int?

  @Option(name: [.long, .customShort("f")], help: "A filter in libpcap's language, as behind the options.")
  var filter: String?

  @Option(
    name: .customLong("where"), help: "A D expression that chooses packets, as between a clause's slashes on packet:::."
  )
  var predicate: String?

  @Option(help: "The most flows that are held; then a new one takes the place of one that was quiet.")
  var limit = FlowReport.usualLimit

  @Flag(help: "Of packets in a tunnel the tunnel, and not what is in it.")
  var outer = false

  @Flag(
    inversion: .prefixedNo,
    help: "Read in payloads what the conversations' other ends are called; --no-names is faster.")
  var names = true

  @Flag(help: "Show them once a second on the terminal while they come.")
  var watch = false

  @Flag(help: "Live: whether the packets are what the interfaces counted, and what stands between the two.")
  var check = false

  @Flag(
    help:
      "Instead of a table: of each conversation, direction and owner the first packet, and by what evidence it is whose."
  )
  var explain = false

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(help: "Comma-separated values (RFC 4180), with a line of names.")
  var csv = false

  @Argument(help: "A filter in libpcap's language.")
  var words: [String] = []

  private var format: FlowsView.Format { json ? .json : csv ? .csv : .text }
  private var tunnels: Tunnels { outer ? [] : .all }
  private var wanted: String { filter ?? words.joined(separator: " ") }

  func validate() throws {
    func refuse(_ combination: Bool, _ words: String) throws { if combination { throw ValidationError(words) } }
    let isLive = files.isEmpty
    try refuse(
      !isLive && (duration != nil || !interface.isEmpty),
      "-r reads a file; --interface and --duration are for a live run")
    try refuse(!isLive && watch, "-r reads a file; --watch is for a live run")
    try refuse(!isLive && check, "-r reads a file; --check compares with the interfaces of a live run")
    try refuse(
      explain && (json || csv || watch || check || outer || !wanted.isEmpty || predicate != nil),
      "--explain explains all conversations, as text")
    try refuse(json && csv, "--json and --csv exclude each other")
    try refuse(watch && (json || csv || check), "--watch shows a table, not --json, --csv or --check")
    try refuse(check && csv, "--check has no --csv; --json has all of it")
    try refuse(filter != nil && !words.isEmpty, "the filter is given twice, with -f and behind the options")
    try refuse(
      check && (!wanted.isEmpty || predicate != nil), "--check needs all packets: the interfaces know no filter")
    try refuse(limit < 1, "--limit: \(limit) is not a number of flows")
    try refuse(top.map { $0 < 1 } ?? false, "--top: \(top ?? 0) is not a number of lines")
    if let duration, seconds(duration) == nil {
      throw ValidationError("'\(duration)' is not a duration such as 30s")
    }
  }

  func run() throws {
    if watch, Terminal(STDOUT_FILENO) == nil {
      note("culprit: --watch needs a terminal to show its table on")
      throw ExitCode(ExitStatus.usage)
    }
    if explain { return try explainFlows() }
    let report: FlowReport
    do {
      report =
        try files.isEmpty
        ? live() : readFlows(files, filter: wanted, where: predicate, limit: limit, names: names, entering: tunnels)
    } catch { throw ExitCode(complain(error)) }
    show(report)
    try tell(report)
  }

  private func explainFlows() throws {
    var request = ObservationRequest()
    request.looksAround = false
    request.interfaces = interface.isEmpty ? ["any"] : interface
    request.duration = duration.flatMap(seconds)
    request.isLocal = true
    var text = ExplanationText()
    let isComplete: Bool
    do {
      isComplete = try explainPackets(files, live: request, .onePerFlow) {
        note("culprit: watching \(request.interfaces.joined(separator: ", "))")
      } _: {
        put(text.lines($0))
      }
    } catch { throw ExitCode(complain(error)) }
    if !isComplete { throw ExitCode(ExitStatus.incomplete) }
  }

  private func show(_ report: FlowReport) {
    let sums = InterfaceSums(report.sums)
    if check { return put(json ? sums.json : sums.table) }
    if watch { put("\u{1b}[H\u{1b}[J") }
    put(view.lines(report) + (format == .text ? sums.short : []))
  }

  private var view: FlowsView { FlowsView(grouping: by, order: sort, top: top, format: format) }

  /// What is missing, on standard error and in the exit code.
  private func tell(_ report: FlowReport) throws {
    if !report.unread.isEmpty {
      note("culprit: not read for names: " + report.unread.map { "\($0.count) \($0.what)" }.joined(separator: ", "))
    }
    if !report.losses.isEmpty {
      note("culprit: lost: " + report.losses.map { "\($0.stage) \($0.count)" }.joined(separator: ", "))
    }
    var isComplete = true
    if report.evictions > 0 {
      note("culprit: \(report.evictions) flows gave their places to later ones and are not shown")
      isComplete = false
    }
    if let damage = report.damage {
      note("culprit: \(damage)")
      isComplete = false
    }
    if check {
      for sum in report.sums where !sum.holds {
        note("culprit: \(sum.name): the packets are not all that the interface counted")
        isComplete = false
      }
    }
    if !isComplete { throw ExitCode(ExitStatus.incomplete) }
  }

  private func live() throws(TraceProblem) -> FlowReport {
    var request = LiveFlowsRequest()
    request.observation.interfaces = interface.isEmpty ? ["any"] : interface
    request.observation.duration = duration.flatMap(seconds)
    request.observation.filter = wanted
    // What happens in other network namespaces is nobody's business here.
    request.observation.isLocal = true
    request.predicate = predicate
    request.limit = limit
    request.tunnels = tunnels
    request.names = names
    request.interval = watch ? 1000 : nil
    let onTerminal = isatty(STDERR_FILENO) == 1 && !watch
    return try observeFlows(request) {
      if !watch {
        note("culprit: watching \(interface.isEmpty ? "all interfaces" : interface.joined(separator: ", "))")
      }
    } soFar: { report in
      refresh(report)
    } progress: { progress in
      if onTerminal { note("\(progress.packets) packets") }
    }
  }

  /// One screen of the table, over the one before.
  private func refresh(_ report: FlowReport) {
    let terminal = Terminal(STDOUT_FILENO)
    var view = view
    // The headings, the total and what no line shows need four lines.
    let room = max(1, (terminal?.rows ?? 24) - 5)
    view.top = min(top ?? room, room)
    let columns = terminal?.columns ?? 80
    view.width = columns
    put("\u{1b}[H\u{1b}[J" + view.lines(report).map { $0.prefix(columns) + "\n" }.joined())
  }
}

extension FlowOrder: ExpressibleByArgument {
  /// The help names them; a mistake is to be one line.
  static var allValueStrings: [String] { [] }
}

private func put(_ lines: [String]) {
  for line in lines { put(line + "\n") }
}

/// Writes text to standard output; a reader that went away ends the program quietly.
func put(_ text: String) {
  let bytes = Array(text.utf8)
  if !write(RawSpan(_elements: bytes.span), to: STDOUT_FILENO) { exit(ExitStatus.complete) }
}
