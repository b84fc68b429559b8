import Events
import Rules

// What several forms of a finding have alike.

extension Finding {
  /// Which packets or events made the rule speak.
  func writeEvidence(to json: inout JSON) {
    json.array("evidence") { json in
      for evidence in evidence {
        json.object { json in
          switch evidence {
          case .packet(let number): json.number("packet", number)
          case .event(let number): json.number("event", number)
          }
        }
      }
    }
  }

  func writeParameters(to json: inout JSON) {
    json.object("params") { json in for (name, value) in parameters { json.string(name, value) } }
  }
}

extension JSON {
  mutating func strings(_ name: String, _ values: [String]) {
    array(name) { json in for value in values { json.string(nil, value) } }
  }
}

extension [String] {
  /// Each once, in the order of the first.
  var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
