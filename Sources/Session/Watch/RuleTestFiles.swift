import Files
package import Rules

/// The tests of a pack's rules, which lie beside them: `tests/ID/NAME` with a recording, `expect.yaml` and `README.md`.
/// - Parameter pack: its folder.
/// - Returns: the tests in the order of their names, and what is wrong with them.
package func tests(of rules: [Rule], in pack: String) -> (tests: [RuleTest], complaints: [RuleComplaint]) {
  var tests: [RuleTest] = []
  var complaints: [RuleComplaint] = []
  let folder = pack + "/tests"
  for id in listDirectory(folder).sorted() where !rules.contains(where: { $0.id == id }) {
    complaints.append(RuleComplaint(.unreadable, file: "\(folder)/\(id)", "tests of no rule of this pack"))
  }
  for rule in rules {
    for name in listDirectory("\(folder)/\(rule.id)").sorted() {
      let place = "\(folder)/\(rule.id)/\(name)"
      guard tests.count < mostTests else {
        complaints.append(RuleComplaint(.unreadable, file: place, "a pack has at most \(mostTests) tests"))
        return (tests, complaints)
      }
      do throws(RuleComplaint) {
        tests.append(try test(of: rule, name, in: place, &complaints))
      } catch {
        complaints.append(error)
      }
    }
  }
  return (tests, complaints)
}

private let mostTests = 10_000

private func test(
  of rule: Rule, _ name: String, in place: String, _ complaints: inout [RuleComplaint]
) throws(RuleComplaint) -> RuleTest {
  guard let kind = RuleTest.Kind(name: name) else {
    let names = RuleTest.Kind.allCases.map { $0.rawValue + "-…" }.joined(separator: ", ")
    throw RuleComplaint(.badName, file: place, "a test is named \(names)")
  }
  guard let recording = recording(in: place) else {
    throw RuleComplaint(.unreadable, file: place, "it has no recording.pcapng or recording.pcapng.gz")
  }
  if !listDirectory(place).contains("README.md") {
    complaints.append(RuleComplaint(.unfinished, file: place, "no README.md says what was recorded, and how"))
  }
  let file = place + "/expect.yaml"
  guard let text = readText(file) else { throw RuleComplaint(.unreadable, file: file, "it cannot be read") }
  let (expectation, wrong) = Expectation.reading(text, file: file, of: rule)
  guard let expectation else {
    complaints += wrong.dropLast()
    throw wrong.last ?? RuleComplaint(.unreadable, file: file, "nothing is expected")
  }
  let isAttack = kind == .attack
  if isAttack != (expectation.verdict == .fires), kind != .evasion {
    throw RuleComplaint(.notAChoice, file: file, "\(kind.rawValue)-… \(isAttack ? "fires" : "does not fire")")
  }
  var past: String?
  if let other = expectation.past?.test {
    past = RuleTest.Kind(name: other) == nil ? nil : Session.recording(in: place.dropLast(name.count) + other)
    if past == nil { throw RuleComplaint(.unreadable, file: file, "\(other) is no test of \(rule.id)") }
  }
  return RuleTest(
    rule: rule, name: name, kind: kind, folder: place, recording: recording, expectation: expectation,
    pastRecording: past)
}

private func recording(in folder: String) -> String? {
  let files = Set(listDirectory(folder))
  return ["recording.pcapng.gz", "recording.pcapng"].first(where: files.contains).map { folder + "/" + $0 }
}
