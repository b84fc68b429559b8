import Answers
import BTF
import DSemantics
import DSyntax
import Kernel
import Probes

/// The lines of `-l`: every probe that the pieces' descriptions match, all when there are none. With `-r`, those that the file can
/// fire.
package func listProbes(_ request: TraceRequest) throws(TraceProblem) -> [[UInt8]] {
  var catalog: Catalog
  if let path = request.replay {
    catalog = hostCatalog(options: request.options, interfaces: try Replay(path).interfaceNames)
  } else {
    catalog = Session.catalog(
      options: request.options, interfaces: request.interfaces, types: try? TypeGraph.ofKernel())
    catalog.processes = ProcessCode(awaited: nil).probes
  }
  var lines = [Listing.header]
  var wanted: [Int] = []
  if request.pieces.isEmpty {
    catalog.listAll()
    wanted = Array(catalog.probes.indices)
  }
  for piece in request.pieces {
    guard let description = parseProbeDescription(piece.label) else {
      throw .input("invalid probe description: \(piece.label)")
    }
    let matched = catalog.match(
      provider: description.provider, module: description.module, function: description.function,
      name: description.name, id: description.id)
    if matched.isEmpty, !request.options.zeroMatches {
      throw .input("no probe matches \(piece.label)")
    }
    wanted += matched
  }
  for index in wanted {
    let entry = catalog.probes[index]
    if entry.isTwin { continue }
    lines.append(
      Listing.line(
        id: entry.id, provider: entry.provider, module: entry.probe.module, function: entry.probe.function,
        name: entry.probe.name))
    if request.verbose { lines.append(Listing.arguments(catalog.argumentTypes(of: index))) }
  }
  return lines
}
