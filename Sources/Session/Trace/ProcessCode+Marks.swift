import DSemantics
import Glibc
import IR
import Probes
import Symbols

// Providers of programs' own, `NAME123`: the places that a process's program and libraries mark.

extension ProcessCode {
  /// The marked places of these processes, of providers that are called as the description says with the process's id behind.
  func staticProbes(
    _ provider: String, _ module: String, _ function: String, _ name: String, of pids: [UInt32]
  ) -> [ProcessProbes.Made] {
    var made: [ProcessProbes.Made] = []
    // Many processes run the same files.
    var marks: [String: [StaticProbe]] = [:]
    for pid in pids where pid > 0 && pid != UInt32(getpid()) {
      var known: [[String]: Int] = [:]
      for (index, path) in (paths(of: pid) ?? []).enumerated() {
        let all = marks[path] ?? StaticProbe.all(inFile: path)
        marks[path] = all
        let wanted = all.filter { glob(provider, "\($0.provider)\(pid)") }
        guard !wanted.isEmpty, let object = object(path),
          module.isEmpty || matches(module, object, isFirst: index == 0)
        else { continue }
        for mark in wanted {
          let around = object.function(atOffset: mark.offset)?.name ?? ""
          let place = UserPlace(path: path, offset: mark.offset, pid: pid, semaphore: mark.semaphore)
          let probe = staticProbe(
            module: object.name, function: around, name: mark.name, place: place, operands: mark.operands)
          guard function.isEmpty || glob(function, around), name.isEmpty || glob(name, probe.name) else { continue }
          // The same mark in several places of a function is one probe.
          let names = [mark.provider, object.name, around, probe.name]
          if let first = known[names] {
            made[first].probe.twins.append(probe)
          } else if made.count < Self.limit {
            known[names] = made.count
            made.append(.init(provider: "\(mark.provider)\(pid)", probe: probe))
          }
        }
      }
    }
    return made
  }
}
