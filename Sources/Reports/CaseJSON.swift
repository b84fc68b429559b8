package import Cases
import Events

/// The case as one JSON object.
package func caseJSON(_ report: CaseReport) -> String {
  var json = JSON()
  json.object { json in
    let subject = report.subject
    json.object("process") { json in
      json.number("pid", subject.process.pid)
      json.number("start", subject.process.start == 0 ? nil : subject.process.start)
      json.string("exec", subject.command)
      json.string("path", subject.executable.isEmpty ? nil : subject.executable)
      json.array("arguments") { json in for argument in subject.arguments { json.string(nil, argument) } }
      json.number("uid", subject.user)
      json.number("ppid", subject.parent)
      json.bool("ended", subject.hasEnded)
    }
    json.array("answers") { json in
      for entry in report.entries {
        json.object { json in
          json.string("question", entry.question)
          json.string("answer", entry.answer.rawValue)
          json.array("evidence") { json in for line in entry.evidence { json.string(nil, line) } }
        }
      }
    }
    json.string("verdict", report.verdict.rawValue)
    json.string("sentence", report.sentence)
    json.array("destinations") { json in for destination in report.destinations { json.string(nil, destination) } }
    json.object("loss") { json in for loss in report.losses { json.number(loss.stage, loss.count) } }
    json.bool("complete", report.isComplete)
    json.string("again", report.again)
  }
  return json.text
}
