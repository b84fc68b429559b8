/// The kernel's locks (DTrace guide, "lockstat Provider"): who takes one, who lets one go, and how long a wait was, only the tracing of
/// the kernel's functions sees.
package let lockstatProvider = Provider(
  name: "lockstat",
  probes: [
    function("adaptive-acquire", .mutex), function("adaptive-acquire-error", .mutex),
    function("adaptive-release", .mutex), function("adaptive-block", .mutex), function("adaptive-spin", .mutex),
    function("rw-acquire", .readWrite), function("rw-release", .readWrite), function("rw-spin", .readWrite),
    function("spin-acquire", .spin), function("spin-release", .spin), function("spin-spin", .spin),
  ])

private enum Kind { case mutex, readWrite, spin }

private func function(_ name: String, _ kind: Kind) -> Probe {
  let lock =
    switch kind {
    case .mutex: Argument("lock", "struct mutex *", .constant(0))
    case .readWrite: Argument("lock", "struct rwlock *", .constant(0))
    case .spin: Argument("lock", "spinlock_t *", .constant(0))
    }
  var arguments = [lock]
  if name.hasSuffix("block") || name.hasSuffix("spin") {
    arguments.append(Argument("wait", "uint64_t", .constant(0)))
  }
  if name == "adaptive-acquire-error" || name.hasPrefix("rw-") {
    arguments.append(Argument("kind", "int", .constant(0)))
  }
  return Probe(
    module: "vmlinux", name: name, site: .functions("mutex_lock and its like"), arguments: arguments)
}
