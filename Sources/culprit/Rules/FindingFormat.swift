import ArgumentParser
import Reports
import Rules

/// The forms in which findings are told.
enum FindingFormat: String, ExpressibleByArgument, CaseIterable {
  case json, text, ocsf, ecs, eve

  /// One line.
  func line(_ finding: Finding) -> String {
    switch self {
    case .json: findingJSON(finding)
    case .text: findingText(finding)
    case .ocsf: findingOCSF(finding)
    case .ecs: findingECS(finding)
    case .eve: findingEVE(finding)
    }
  }
}
