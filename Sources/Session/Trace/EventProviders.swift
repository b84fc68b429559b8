import BTF
import Kernel
import Probes

/// The trace events and tracepoints of the running kernel, read when somebody asks for them.
func eventProviders(_ types: TypeGraph) -> [Provider] {
  // Without tracefs there are none; a description that asks for one says that it matches nothing.
  let names: @Sendable () -> [(group: String, name: String)] = {
    (try? TraceEvents.system().names()) ?? []
  }
  return [
    sdtProvider(
      names: names,
      fields: { group, name in
        ((try? TraceEvents.system().fields(group: group, name: name)) ?? []).map {
          EventField(type: $0.type, offset: $0.offset, size: $0.size, isSigned: $0.isSigned)
        }
      }),
    rawTracepointProvider(types: types, names: names),
  ]
}
