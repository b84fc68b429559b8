package import Cases
import Events

/// How a report is laid out for people.
package struct CaseStyle: Sendable {
  /// Columns; longer lines go on under themselves.
  package var width: Int
  package var colour: Bool
  /// The most lines of evidence under one question; what is more is counted.
  package var mostLines: Int
  package init(width: Int = 100, colour: Bool = false, mostLines: Int = 24) {
    self.width = max(40, width)
    self.colour = colour
    self.mostLines = max(1, mostLines)
  }
}

/// The case for people: a heading a question with its answer, the evidence under it, then the verdict, what was lost, and how to ask again.
package func caseText(_ report: CaseReport, style: CaseStyle) -> String {
  var text = ""
  let subject = report.subject
  text +=
    "Case: "
    + (subject.process.pid == 0
      ? "no process" : "\(subject.command.isEmpty ? "process" : subject.command)[\(subject.process.pid)]")
  text += subject.hasEnded ? ", which has ended" : ""
  text += ", watched for \(seconds(report.watched))\n\n"
  for entry in report.entries {
    text += style.mark(word(entry.answer), entry.answer) + "  " + entry.question + "\n"
    for line in entry.evidence.prefix(style.mostLines) { text += style.wrapped(line) }
    if entry.evidence.count > style.mostLines {
      text += style.wrapped("and \(entry.evidence.count - style.mostLines) more (--json has them all)")
    }
  }
  text += "\nVerdict: " + style.emphasized(report.sentence) + "\n"
  text += "Lost: " + (report.hasEnd ? losses(report) : "not told, for the file lacks its recording's end") + "\n"
  if !report.isComplete { text += "Incomplete: what was not seen cannot be denied.\n" }
  text += "Again: \(report.again)\n"
  return text
}

private func word(_ answer: CaseReport.Answer) -> String {
  switch answer {
  case .yes: "YES"
  case .no: "NO"
  case .cannotTell: "CANNOT TELL"
  }
}

/// Every counter, zeros too: a reader must see that they were asked.
private func losses(_ report: CaseReport) -> String {
  let total = report.losses.reduce(0) { $0 &+ $1.count }
  let all = report.losses.map { "\($0.stage) \($0.count)" }.joined(separator: ", ")
  return (total == 0 ? "nothing" : "\(total)") + (all.isEmpty ? "" : " (\(all))")
}

private func seconds(_ nanoseconds: Int64) -> String {
  let tenths = nanoseconds / 100_000_000
  return "\(tenths / 10).\(tenths % 10) s"
}

extension CaseStyle {
  /// The answer in a column of its own; the colour only repeats what the word says.
  fileprivate func mark(_ word: String, _ answer: CaseReport.Answer) -> String {
    let padded = word + String(repeating: " ", count: max(0, 11 - word.count))
    guard colour else { return padded }
    let code =
      switch answer {
      case .yes: "33"
      case .no: "32"
      case .cannotTell: "35"
      }
    return "\u{1b}[\(code)m\(padded)\u{1b}[0m"
  }

  fileprivate func emphasized(_ sentence: String) -> String { colour ? "\u{1b}[1m\(sentence)\u{1b}[0m" : sentence }

  /// A line of evidence, under its question.
  fileprivate func wrapped(_ line: String) -> String {
    let indent = String(repeating: " ", count: 13)
    var text = ""
    var rest = line[...]
    let room = width - indent.count
    while rest.count > room {
      let end = rest.index(rest.startIndex, offsetBy: room)
      // At the last blank, which is left out, or in the middle of a word that is longer than a line.
      let cut = rest[...end].lastIndex(of: " ").flatMap { $0 > rest.startIndex ? $0 : nil } ?? end
      text += indent + rest[..<cut] + "\n"
      rest = rest[cut...].first == " " ? rest[cut...].dropFirst() : rest[cut...]
    }
    return text + indent + rest + "\n"
  }
}
