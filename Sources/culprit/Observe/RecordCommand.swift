import ArgumentParser
import Glibc
import Session

/// `culprit record -o FILE`: packets with their owners, and what processes do, in one pcapng.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record packets, their owners and what processes do, in one pcapng.")

  @Option(name: .customShort("o"), help: "The file to write (- is standard output).")
  var output: String

  @Option(help: "An interface to capture from; may be given again.")
  var interface: [String] = []

  @Option(name: .customShort("p"), help: "A process whose files, calls and stacks are recorded too.")
  var pid: UInt32?

  @Option(name: .customShort("c"), help: "A command to start and to record.")
  var command: String?

  @Option(help: "How long, such as 30s; else until it is interrupted or the command ends.")
  var duration: String?

  @Argument(help: "A filter in libpcap's language.")
  var filter: [String] = []

  func validate() throws {
    if pid != nil, command != nil { throw ValidationError("-p and -c exclude each other") }
    if !filter.isEmpty, interface.isEmpty { throw ValidationError("a filter needs an --interface to capture from") }
    if let duration, seconds(duration) == nil {
      throw ValidationError("'\(duration)' is not a duration such as 30s")
    }
  }

  func run() throws {
    var request = RecordRequest()
    request.path = output
    request.observation.interfaces = interface
    request.observation.target = pid
    request.observation.command = command
    request.observation.filter = filter.joined(separator: " ")
    request.observation.duration = duration.flatMap(seconds)
    let place = output == "-" ? "standard output" : output
    let onTerminal = isatty(STDERR_FILENO) == 1
    let summary: RecordSummary
    do {
      summary = try record(request) {
        note("culprit: recording to \(place)")
      } progress: { progress in
        if onTerminal { note("\(progress.packets) packets, \(progress.events) events") }
      }
    } catch { throw ExitCode(complain(error)) }
    note("culprit: \(summary.packets) packets (\(summary.attributed) attributed), \(summary.events) events in \(place)")
    note("culprit: lost: " + summary.losses.map { "\($0.stage) \($0.count)" }.joined(separator: ", "))
    for reason in [summary.problem, summary.failure].compactMap(\.self) {
      note("culprit: \(reason)")
      throw ExitCode(ExitStatus.incomplete)
    }
  }
}

/// Nanoseconds of `10`, `10s`, `500ms`, `2m`, `1h`; nil for anything else.
func seconds(_ text: String) -> Int64? {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  guard let number = Int64(digits), number > 0 else { return nil }
  let unit: Int64
  switch text.dropFirst(digits.count) {
  case "", "s": unit = 1_000_000_000
  case "ms": unit = 1_000_000
  case "m": unit = 60_000_000_000
  case "h": unit = 3_600_000_000_000
  default: return nil
  }
  let (product, overflow) = number.multipliedReportingOverflow(by: unit)
  return overflow ? nil : product
}
