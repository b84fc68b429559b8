import ArgumentParser
import Reports
import Session

/// `culprit doctor`: what this kernel and these privileges allow, and which answers that costs.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this kernel and these privileges allow.")

  @Flag(help: "One JSON object.")
  var json = false

  func run() throws {
    let examination = Examination()
    let diagnosis = Diagnosis(kernel: examination.kernel, examination.features.map { Diagnosis.Finding($0) })
    put(json ? diagnosis.json + "\n" : diagnosis.lines.joined(separator: "\n") + "\n")
    if !diagnosis.canTrace { throw ExitCode(ExitStatus.refused) }
  }
}

extension Diagnosis.Finding {
  fileprivate init(_ feature: Examination.Feature) {
    let weight: Weight =
      switch feature.weight {
      case .needed: .needed
      case .wanted: .wanted
      case .addition: .addition
      }
    self.init(name: feature.name, use: feature.use, weight: weight, refusal: feature.refusal)
  }
}
