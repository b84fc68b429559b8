import Answers
import BTF
import DSemantics
import DSyntax
import Kernel
import Probes
import Source

/// The lines of `-l`: every probe that the pieces' descriptions match, all when there are none. With `-r`, those that the file can
/// fire. The programs are compiled as far as they say more than which probes.
/// - Parameter note: one line for standard error, for a description that matches nothing.
package func listProbes(_ request: TraceRequest, note: (String) -> Void) throws(TraceProblem) -> [[UInt8]] {
  var catalog: Catalog
  var types: TypeGraph?
  if !request.replay.isEmpty {
    catalog = hostCatalog(options: request.options, interfaces: try Replay(request.replay).interfaceNames)
  } else {
    types = try? TypeGraph.ofKernel()
    catalog = Session.catalog(
      options: request.options, interfaces: request.interfaces, types: types)
    catalog.processes = ProcessCode(awaited: [:], program: request.program).probes
  }
  var lines = [Listing.header]
  if request.pieces.isEmpty {
    catalog.listAll()
    for index in catalog.probes.indices { lines += listed(index, catalog, request) }
  }
  var request = request
  request.options.zeroMatches = true
  let reading = try Reading(request, target: request.targets.first)
  if reading.script.hasBodies, let types {
    let live = catalog
    _ = try Compilation(request, catalog: { _ in live }, types: BTFTypes(types), engine: .kernel, target: nil)
  }
  let descriptions = reading.script.clauses.flatMap(\.probes)
  for (place, description) in descriptions.enumerated() {
    // Of `4-2` neither the number nor the end of the range is a probe.
    if place + 1 < descriptions.count, description.begins(aRangeBackTo: descriptions[place + 1]) { continue }
    var matched = catalog.match(
      provider: description.provider, module: description.module, function: description.function,
      name: description.name, id: description.id)
    if place > 0, let range = descriptions[place - 1].rest(to: description) {
      matched += catalog.probes.indices.filter { range.contains(catalog.probes[$0].id) }
    }
    for index in matched { lines += listed(index, catalog, request) }
    guard matched.isEmpty else { continue }
    if let id = description.id {
      var found = Diagnostics()
      found.report(SemanticComplaint.noSuchProbeNumber(id), at: description.range)
      throw reading.refused(found)
    }
    note("\(request.program): failed to match \(description.spelled): No probe matches description")
  }
  return lines
}

extension ProbeDescription {
  /// The number of `-5` right behind `2`, as the text of `-i 2-5` reads.
  private func end(of end: ProbeDescription) -> UInt32? {
    guard id != nil, end.range.start == range.end, end.name.hasPrefix("-"), end.provider.isEmpty, end.module.isEmpty,
      end.function.isEmpty
    else { return nil }
    return UInt32(end.name.dropFirst())
  }

  /// The numbers of `-i 2-5` behind this first one.
  fileprivate func rest(to end: ProbeDescription) -> ClosedRange<UInt32>? {
    guard let first = id, let last = self.end(of: end), first < last else { return nil }
    return first + 1...last
  }

  fileprivate func begins(aRangeBackTo end: ProbeDescription) -> Bool {
    guard let first = id, let last = self.end(of: end) else { return false }
    return last < first
  }
}

private func listed(_ index: Int, _ catalog: Catalog, _ request: TraceRequest) -> [[UInt8]] {
  let entry = catalog.probes[index]
  if entry.isTwin { return [] }
  let line = Listing.line(
    id: entry.id, provider: entry.provider, module: entry.probe.module, function: entry.probe.function,
    name: entry.probe.name)
  guard request.verbose else { return [line] }
  let description = ProbeDescription(
    provider: entry.provider, module: entry.probe.module, function: entry.probe.function, name: entry.probe.name,
    range: .none)
  return [line, description.details(types: catalog.argumentTypes(of: index))]
}

extension Script {
  /// Whether a clause says more than which probes it is for.
  fileprivate var hasBodies: Bool {
    items.contains { if case .clause(let clause) = $0 { clause.body != nil || clause.predicate != nil } else { true } }
  }
}
