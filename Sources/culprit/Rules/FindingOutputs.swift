import ArgumentParser
import Delivery
import Files
import Glibc
import Reports
import Rules

/// Where findings go, and in which form each time.
struct FindingOutputs: ParsableArguments {
  @Option(
    name: [.long, .customShort("o")],
    help: """
      Where findings go: FILE, unix:/path, syslog:, syslog:udp:ADDRESS:PORT, syslog:tcp:ADDRESS:PORT, https://HOST/PATH (or \
      webhook:FILE with the URL in it), or - for standard output; a form before it (ecs=FILE) counts instead of --format. \
      May be given again.
      """)
  var output: [String] = []

  @Option(help: "json (Culprit's own), text, ocsf, ecs, eve or slack; all but text an object a line.")
  var format = FindingFormat.json

  @Option(
    name: [.customLong("rotate-size"), .customShort("C")],
    help: "Begin an output's file anew when it is larger: in millions of bytes, or with k, m or g in powers of 1,024.")
  var size: String?

  @Option(
    name: [.customLong("rotate-count"), .customShort("W")],
    help: "With -C: how many files there may be, FILE, FILE.1 and so on (10 if not given).")
  var count: Int?

  @Option(help: "A folder where findings wait, over the end of the run too, for an output that does not take them now.")
  var spool: String?

  @Option(help: "A file whose bytes, less a newline at its end, are the key that requests to webhooks are signed with.")
  var webhookSecret: String?

  @Option(help: "A file of headers (Name: value, a line each) that requests to webhooks have.")
  var webhookHeaders: String?

  func validate() throws {
    for text in output {
      do { _ = try place(text) } catch { throw ValidationError("--output: \(error)") }
    }
    if let size, (byteCount(size) ?? 0) <= 0 {
      throw ValidationError("--rotate-size: '\(size)' is not a size such as 100 or 512k")
    }
    if let count, count <= 0 { throw ValidationError("--rotate-count: \(count) is not a number of files") }
    if count != nil, size == nil { throw ValidationError("--rotate-count counts the files of --rotate-size") }
    let places = output.compactMap { try? place($0).destination }
    if spool != nil, !places.contains(where: \.isRemote) {
      throw ValidationError("--spool is for an output that may not be there: a socket, syslog or a webhook")
    }
    if webhookSecret != nil || webhookHeaders != nil, !places.contains(where: \.isWeb) {
      throw ValidationError("--webhook-secret and --webhook-headers are for an output such as https://example.org/hook")
    }
    if size != nil, !output.contains(where: { (try? place($0))?.destination.isFile == true }) {
      throw ValidationError("--rotate-size is for a file that --output names")
    }
  }

  /// Opens them; one that cannot be opened is a line on standard error, and exit code 2.
  /// - Parameter waits: nothing is lost while findings are read from a file: its reading waits.
  func open(waits: Bool) throws -> FindingOutlets {
    let rotation = FileRotation(size: size.flatMap(byteCount), count: count ?? FileRotation.usualCount)
    do {
      return FindingOutlets(
        try (output.isEmpty ? ["-"] : output).map { text in
          var (destination, format) = try place(text)
          if case .web(var hook) = destination {
            hook.contentType = format.contentType
            try complete(&hook)
            destination = .web(hook)
          }
          let outlet = try Outlet(to: destination, rotation: rotation, spool: spool) { note("culprit: \($0)") }
          return (outlet, format, destination.isLocalSyslog ? .local : destination.isSyslog ? .network : nil)
        }, waits: waits)
    } catch {
      note("culprit: \(error)")
      throw ExitCode(ExitStatus.usage)
    }
  }

  /// What the files of secrets say.
  private func complete(_ hook: inout Webhook) throws {
    if let path = webhookSecret {
      var secret = try readFile(path, limit: 1 << 16)
      if secret.last == UInt8(ascii: "\n") { secret.removeLast() }
      guard !secret.isEmpty else { throw Destination.Problem(description: "\(path): there is no key in it") }
      hook.secret = secret
    }
    guard let path = webhookHeaders else { return }
    for line in String(decoding: try readFile(path, limit: 1 << 16), as: UTF8.self).split(whereSeparator: \.isNewline) {
      guard let header = Webhook.Header(line) else {
        throw Destination.Problem(description: "\(path): a line of it is not 'Name: value'")
      }
      hook.headers.append(header)
    }
  }

  /// `ecs=unix:/run/vector.sock`.
  private func place(_ text: String) throws(Destination.Problem) -> (destination: Destination, format: FindingFormat) {
    if let equals = text.firstIndex(of: "="), let format = FindingFormat(rawValue: String(text[..<equals])) {
      return (try Destination(String(text[text.index(after: equals)...])), format)
    }
    return (try Destination(text), format)
  }
}

/// What waits for an output, and what became of the rest.
struct OutputLoad: Sendable {
  var name: String
  var messages: Int
  var bytes: Int
  var counts: Outlet.Counts
}

/// The outputs of a run, open.
struct FindingOutlets: Sendable {
  private let outlets: [(outlet: Outlet, format: FindingFormat, syslog: SyslogForm?)]
  private let waits: Bool
  private let host = readText("/proc/sys/kernel/hostname")
  private let pid = getpid()

  /// Seconds that the end of a run waits for slow outputs.
  private static let patience = 5

  init(_ outlets: [(outlet: Outlet, format: FindingFormat, syslog: SyslogForm?)], waits: Bool) {
    self.outlets = outlets
    self.waits = waits
  }

  func tell(_ finding: Finding) {
    for (outlet, format, syslog) in outlets {
      // A form's line brings its newline; how messages are told apart is the place's to say.
      let line = String(format.line(finding).dropLast())
      let message = syslog.map { findingSyslog(finding, $0, saying: line, host: host, pid: pid) } ?? line
      outlet.put(Array(message.utf8), waits: waits)
    }
  }

  /// Nobody takes anything any more: nobody reads what standard output would say, and there is no other.
  var isGone: Bool { outlets.allSatisfy(\.outlet.isGone) }

  var loads: [OutputLoad] {
    outlets.map { one in
      let load = one.outlet.load
      return OutputLoad(name: one.outlet.name, messages: load.messages, bytes: load.bytes, counts: load.counts)
    }
  }

  /// Files are opened by their names again.
  func reopen() {
    for one in outlets { one.outlet.reopen() }
  }

  /// Waits for the last findings to be taken, and tells what was not.
  func finish() {
    let all = outlets.map(\.outlet)
    for (outlet, counts) in zip(all, Outlet.finish(all, within: Self.patience)) {
      if counts.kept > 0 {
        let reason = counts.reason.map { ": \($0)" } ?? ""
        note(
          "culprit: \(counts.kept) findings wait for \(outlet.name) until the next run with this output and --spool\(reason)"
        )
      }
      if counts.lost > 0 {
        note("culprit: \(outlet.name) lost \(counts.lost) findings" + saying(counts.spoolReason, counts.reason))
      }
      if counts.breaks > 0 {
        note(
          "culprit: the connection to \(outlet.name) broke \(counts.breaks) times; what had not been read then may be lost"
        )
      }
    }
  }

  private func saying(_ reasons: String?...) -> String {
    let told = reasons.compactMap { $0 }
    return told.isEmpty ? "" : ": " + told.joined(separator: "; ")
  }
}
