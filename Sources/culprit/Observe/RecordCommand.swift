import ArgumentParser
import Glibc
import Recording
import Session

/// `culprit record -o FILE`: packets with their owners, and what processes do, in one pcapng or in several.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record packets, their owners and what processes do, in one pcapng.")

  @Option(name: [.customShort("o"), .customShort("w")], help: "The file to write (- is standard output).")
  var output: String

  @Option(name: [.long, .customShort("i")], help: "An interface to capture from; may be given again.")
  var interface: [String] = []

  @Option(name: .customShort("p"), help: "A process whose files, calls and stacks are recorded too.")
  var pid: UInt32?

  @Option(name: .customShort("c"), help: "A command to start and to record.")
  var command: String?

  @Option(help: "How long, such as 30s; else until it is interrupted or the command ends.")
  var duration: String?

  @OptionGroup(title: "Files and sizes") var limits: RecordLimits

  @Flag var refused: [TcpdumpFlag] = []

  @Argument(help: "A filter in libpcap's language.")
  var filter: [String] = []

  func validate() throws {
    if let flag = refused.first { throw ValidationError("-\(flag.rawValue): \(flag.advice)") }
    if pid != nil, command != nil { throw ValidationError("-p and -c exclude each other") }
    if !filter.isEmpty, interface.isEmpty { throw ValidationError("a filter needs an --interface to capture from") }
    if let duration, seconds(duration) == nil {
      throw ValidationError("'\(duration)' is not a duration such as 30s")
    }
    if output == "-", limits.rotation.isWanted { throw ValidationError("-C and -G need a file, and - is none") }
  }

  func run() throws {
    var request = RecordRequest()
    request.path = output
    request.rotation = limits.rotation
    request.cut = limits.cut
    request.leastFree = limits.leastFree
    request.observation.interfaces = interface
    request.observation.target = pid
    request.observation.command = command
    // What happens in other network namespaces is nobody's business here.
    request.observation.isLocal = pid != nil || command != nil || !interface.isEmpty
    request.observation.watchesSniffers = true
    // Whatever ends the recorder, the file holds what happened up to a second before.
    request.observation.mostBehind = 400_000_000
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
    let files = summary.files == 1 ? place : "\(summary.files) files, \(place)"
    note("culprit: \(summary.packets) packets (\(summary.attributed) attributed), \(summary.events) events in \(files)")
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
