import Files
import Glibc
import SampleTraffic

/// The figures of docs/benchmarks.md, each beside its peers', measured in this call: `make bench`.
///
///     Benchmarks [start] [calls] [lines] [errors] [flows] [dissection] [engine] [minute] [record]
///
/// The program also plays the parts that it measures with: `Benchmarks as PART …`.
@main struct Benchmarks {
  static func main() throws {
    var words = Array(CommandLine.arguments.dropFirst())
    if words.first == "as" { return try Part.play(Array(words.dropFirst())) }
    haveTraceFiles(words)
    if words.first == "with-tracefs" { words.removeFirst() }
    let wanted = words.isEmpty ? ["start", "calls", "lines", "errors", "flows", "dissection", "engine"] : words
    describeMachine()
    for word in wanted {
      switch word {
      case "start": try measureStart()
      case "calls": try measureCalls()
      case "lines": try measureLines()
      case "errors": try measureErrors()
      case "minute": try measureMinute()
      case "record": try measureRecord()
      case "rules": try measureRules()
      case "flows": try measureFlows()
      case "dissection": try measureDissection()
      case "engine": try measureEngine()
      default:
        print("Benchmarks: no figure is called \(word)")
        exit(2)
      }
    }
    if !Gates.conclude() { exit(1) }
  }
}

/// What this process becomes when a measurement starts it again.
enum Part {
  static func play(_ words: [String]) throws {
    switch words.first {
    case "knocker": knock()
    case "caller": makeCalls()
    case "metronome": keepTime()
    case "sender": sendDatagrams(rate: Int(words[1])!, count: Int(words[2])!)
    case "dissector": dissectRounds(Int(words[1])!, Sample(), recording: [])
    case "recorder": dissectRounds(Int(words[1])!, Sample(), recording: .flows)
    case "connections": dissectRounds(Int(words[1])!, Sample(), recording: [.flows, .connections])
    case "reader": dissectRounds(Int(words[1])!, speakingSample(), recording: [.flows, .messages])
    case "capture": try writeCapture(words[1], packets: Int(words[2])!)
    case "conversations": try writeCapture(words[1], packets: Int(words[2])!, speaks: true, ends: true)
    case "recording": try writeRecording(words[1], packets: Int(words[2])!)
    case "engine":
      var sample = try EngineSample()
      sample.fire(rounds: Int(words[1])!)
    default: exit(2)
    }
  }

  /// The command that starts this program in a part.
  static func command(_ words: String..., by program: String = Self.program) -> [String] { [program, "as"] + words }

  static let program = readLink("/proc/self/exe") ?? "Benchmarks"

  /// Another program of the same build.
  static func sibling(_ name: String) -> String {
    program.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/" + name
  }
}

/// One line on the machine and how busy others keep it: every figure below depends on it.
private func describeMachine() {
  func first(_ path: String, _ field: String) -> String? {
    (readText(path) ?? "").split(separator: "\n").first { $0.hasPrefix(field) }.map { line in
      String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " || $0 == "\t" })
    }
  }
  let processor = first("/proc/cpuinfo", "model name") ?? "unknown processor"
  let kernel = readText("/proc/sys/kernel/osrelease") ?? "?"
  let load = readText("/proc/loadavg")?.split(separator: " ").first ?? "?"
  print("\(processor), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors, Linux \(kernel), load before: \(load)\n")
}
