import ArgumentParser
import Reports
import Rules

/// The forms in which findings are told.
enum FindingFormat: String, ExpressibleByArgument, CaseIterable {
  case json, text, ocsf, ecs, eve, slack

  /// Its media type where it travels by itself.
  var contentType: String { self == .text ? "text/plain; charset=utf-8" : "application/json" }

  /// One line.
  func line(_ finding: Finding) -> String {
    switch self {
    case .json: findingJSON(finding)
    case .text: findingText(finding)
    case .ocsf: findingOCSF(finding)
    case .ecs: findingECS(finding)
    case .eve: findingEVE(finding)
    case .slack: findingSlack(finding)
    }
  }
}
