import ArgumentParser
import Delivery
import History
import Recording
import Reports
import Rules
import Serving
import Session

/// What a live watch counts, for Prometheus.
struct WatchMetrics: ParsableArguments {
  @Option(
    help:
      "Serve what is counted to Prometheus, at http://ADDRESS:PORT/metrics; a loopback address, such as 127.0.0.1:9466."
  )
  var metrics: String?

  func validate() throws {
    if let metrics, place(metrics) == nil {
      throw ValidationError("--metrics: '\(metrics)' is not an address and a port such as 127.0.0.1:9466")
    }
  }

  /// Begins to serve, and says where; nil when nobody asked for it.
  func open(_ meter: WatchMeter, _ outlets: FindingOutlets) throws -> TextServer? {
    guard let metrics, let (host, port) = place(metrics) else { return nil }
    do {
      let server = try TextServer(
        host: host, port: port, path: "/metrics", type: "text/plain; version=0.0.4; charset=utf-8"
      ) { metricsText(meter.counts, outlets.loads) }
      note("culprit: metrics at http://\(server.address)/metrics")
      return server
    } catch {
      note("culprit: --metrics: \(error)")
      throw ExitCode(ExitStatus.usage)
    }
  }

  private func place(_ text: String) -> (host: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return host.isEmpty ? nil : (String(host), Int(port))
  }
}

/// The counts in Prometheus' form. No label tells of an address or a process: there would be as many series as of those.
func metricsText(_ counts: WatchCounts, _ outputs: [OutputLoad]) -> String {
  var text = PrometheusText()
  text.family("culprit_events_total", .counter, "Events that the kernel told of.", counts.events)
  text.family("culprit_packets_total", .counter, "Packets that were looked at.", counts.packets)
  text.family(
    "culprit_events_lost_total", .counter, "What each stage left out.",
    counts.losses.map { ([("stage", $0.stage)], $0.count) })
  func interfaces(_ name: String, _ help: String, _ value: (InterfaceStatistics) -> UInt64?) {
    text.family(
      name, .counter, help,
      counts.statistics.compactMap { one in
        value(one).map { ([("interface", counts.interfaces[one.interface] ?? "\(one.interface)")], $0) }
      })
  }
  interfaces("culprit_pcap_received_total", "Packets that reached the capture.") { $0.received }
  interfaces("culprit_pcap_dropped_total", "Packets that the kernel dropped, since nobody read fast enough.") {
    $0.systemDropped
  }
  interfaces("culprit_pcap_ifdropped_total", "Packets that the interface dropped.") { $0.interfaceDropped }
  text.family("culprit_rules", .gauge, "Rules that run.", UInt64(counts.rules))
  text.family(
    "culprit_findings_total", .counter, "Findings, those that are alike once.",
    counts.findings.sorted { ($0.key.rule, $0.key.severity) < ($1.key.rule, $1.key.severity) }.map {
      ([("rule", $0.key.rule), ("severity", $0.key.severity.rawValue)], $0.value)
    })
  text.family(
    "culprit_rule_lost_total", .counter, "What a rule had no room for.",
    counts.ruleLosses.sorted { $0.key < $1.key }.map { ([("rule", $0.key)], $0.value) })
  func histories(_ name: String, _ help: String, _ value: (RuleHistory.Extent) -> Int) {
    text.family(
      name, .gauge, help,
      counts.histories.sorted { $0.key < $1.key }.map { ([("rule", $0.key)], UInt64(value($0.value))) })
  }
  histories("culprit_history_days", "Days of this host's history that a rule has.") { $0.days }
  histories("culprit_history_rows", "Hours of keys that a rule remembers.") { $0.rows }
  text.family(
    "culprit_history_failures_total", .counter, "How often histories could not be saved.", counts.unsavedHistories)
  text.family(
    "culprit_rule_seconds_total", .counter,
    "Processor time of a rule since the rules were read, by one in 61 events and packets.",
    counts.ruleSeconds.sorted { $0.key < $1.key }.map { ([("rule", $0.key)], $0.value) })
  text.family(
    "culprit_suppressed_total", .counter, "Findings that an exception hid.",
    counts.suppressed.sorted { ($0.key.rule, $0.key.exception) < ($1.key.rule, $1.key.exception) }.map {
      ([("rule", $0.key.rule), ("exception", $0.key.exception)], $0.value)
    })
  text.family(
    "culprit_reloads_total", .counter, "How often the rules were read anew.",
    [([("result", "taken")], counts.reloads), ([("result", "refused")], counts.refusedReloads)])
  func outlets(_ name: String, _ kind: PrometheusText.Kind, _ help: String, _ value: (OutputLoad) -> UInt64) {
    text.family(name, kind, help, outputs.map { ([("output", $0.name)], value($0)) })
  }
  outlets("culprit_export_queue", .gauge, "Findings that wait for an output.") { UInt64($0.messages) }
  outlets("culprit_export_queue_bytes", .gauge, "What they have of bytes.") { UInt64($0.bytes) }
  outlets("culprit_exported_total", .counter, "Findings that an output has taken.") { $0.counts.delivered }
  outlets("culprit_export_lost_total", .counter, "Findings that an output did not get.") { $0.counts.lost }
  outlets("culprit_export_breaks_total", .counter, "How often the connection to an output broke.") {
    $0.counts.breaks
  }
  return text.text
}
