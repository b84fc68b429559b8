import Reports
import Session

/// Whether what was captured is what the interfaces counted, as lines.
struct InterfaceSums {
  let sums: [InterfaceSum]

  init(_ sums: [InterfaceSum]) { self.sums = sums }

  /// The terms that add up to what was counted. Those in the middle stand only where there is something of them.
  private static func terms(_ sum: InterfaceSum) -> [(name: String, packets: Int64, bytes: Int64?)] {
    func term(_ name: String, _ count: FrameCount) -> (String, Int64, Int64?) { (name, count.packets, count.bytes) }
    let rare: [(name: String, packets: Int64, bytes: Int64?)] = [
      term("sent past the taps", sum.pastTaps), ("lost by the capture", sum.lost, nil),
      term("parts of large segments", sum.parts), term("headers that loopback does not count", sum.headers),
      ("dropped by the driver", -sum.dropped, nil),
    ]
    return [term("attributed", sum.attributed), term("kernel", sum.kernel), term("forwarded", sum.forwarded)]
      + rare.filter { $0.packets != 0 || $0.bytes ?? 0 != 0 } + [term("unexplained", sum.unexplained)]
  }

  /// One line an interface: `vA: 12 packets (3456 bytes) counted = attributed 12 (3456) + … + unexplained 0 (0)`.
  var short: [String] {
    sums.map { sum in
      let terms = Self.terms(sum).map { "\($0.name) \($0.packets)" + ($0.bytes.map { " (\($0))" } ?? "") }
      let counted =
        sum.counted.map { "\($0.packets) packets (\($0.bytes) bytes) counted" } ?? "of what passed the filter"
      return "\(sum.name): \(counted) = " + terms.joined(separator: " + ")
    }
  }

  /// A table an interface, and what is behind its unexplained line.
  var table: [String] {
    sums.enumerated().flatMap { number, sum in
      var table = TextTable([("INTERFACE \(sum.name)", .left), ("PACKETS", .right), ("BYTES", .right)])
      for term in Self.terms(sum) { table.add([term.name, "\(term.packets)", term.bytes.map { "\($0)" } ?? "?"]) }
      if let counted = sum.counted {
        table.add(["= counted by the interface", "\(counted.packets)", "\(counted.bytes)"])
      }
      var lines = (number == 0 ? [] : [""]) + table.lines
      if !sum.nobody.isEmpty {
        let reasons = sum.nobody.map { "\($0.reason) \($0.count.packets) (\($0.count.bytes))" }
        lines.append("  unexplained, of packets that were captured: " + reasons.joined(separator: ", "))
      }
      if sum.residual != FrameCount() {
        lines.append("  unexplained, of what no packet shows: \(sum.residual.packets) (\(sum.residual.bytes))")
        lines.append("  passed while the counters were read: \(sum.edges.packets) (\(sum.edges.bytes))")
      }
      return lines
    }
  }

  var json: [String] {
    sums.map { sum in
      var json = JSON()
      json.object { json in
        func write(_ name: String, _ count: FrameCount?) {
          json.number(name + "_packets", count?.packets)
          json.number(name + "_bytes", count?.bytes)
        }
        json.string("interface", sum.name)
        write("attributed", sum.attributed)
        write("kernel", sum.kernel)
        write("forwarded", sum.forwarded)
        write("past_taps", sum.pastTaps)
        json.number("lost_packets", sum.lost)
        write("parts", sum.parts)
        json.number("headers_bytes", sum.headers.bytes)
        json.number("dropped_packets", sum.dropped)
        write("unexplained", sum.unexplained)
        write("counted", sum.counted)
        write("residual", sum.counted == nil ? nil : sum.residual)
        write("edges", sum.edges)
        json.object("nobody") { json in for item in sum.nobody { json.number(item.reason, item.count.packets) } }
        json.bool("holds", sum.holds)
      }
      return json.text
    }
  }
}
