import DSemantics
import DSyntax
import Source

/// `-h`: the C header whose macros mark places of a program as probes of the providers that the scripts declare, as <sys/sdt.h> would.
/// It needs no other file: the counter that `PROVIDER_PROBE_ENABLED()` looks at is a weak variable of each program.
package func providerHeader(_ request: TraceRequest) throws(TraceProblem) -> [UInt8] {
  let providers = try declaredProviders(request)
  var text = "/* Probes of \(providers.map(\.name).joined(separator: ", ")): written by \(request.program) -h. */\n"
  let guardName = "_" + providers.map { $0.name.uppercased() }.joined(separator: "_") + "_PROBES_H"
  text += "#ifndef \(guardName)\n#define \(guardName)\n" + mark
  text += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
  for provider in providers { for probe in provider.probes { text += semaphore(provider, probe) } }
  text += "#ifdef __cplusplus\n}\n#endif\n"
  for provider in providers { for probe in provider.probes { text += macros(provider, probe) } }
  return Array((text + "\n#endif\n").utf8)
}

/// The providers that the scripts declare.
func declaredProviders(_ request: TraceRequest) throws(TraceProblem) -> [ProviderDeclaration] {
  var request = request
  // A script that only declares has no clauses.
  request.options.emptyPrograms = true
  let reading = try Reading(request, target: nil)
  guard !reading.misread.hasErrors else { throw reading.refused(reading.misread) }
  return reading.script.items.compactMap { if case .provider(let declared) = $0 { declared } else { nil } }
}

/// A note of NT_STAPSDT: the sizes of its owner's name and of its words, its type, the name, the words.
private let mark = #"""
  #ifndef CULPRIT_MARK
  #define CULPRIT_MARK(provider, probe, semaphore, operands, ...) \
    __asm__ __volatile__( \
        "990: nop\n" \
        ".pushsection .note.stapsdt, \"?\", \"note\"\n" \
        ".balign 4\n" \
        ".4byte 992f - 991f, 994f - 993f, 3\n" \
        "991: .asciz \"stapsdt\"\n" \
        "992: .balign 4\n" \
        "993: .8byte 990b, 0, " semaphore "\n" \
        ".asciz \"" provider "\"\n" \
        ".asciz \"" probe "\"\n" \
        ".asciz \"" operands "\"\n" \
        "994: .balign 4\n" \
        ".popsection\n" \
        : \
        : __VA_ARGS__)
  #endif

  """#

private func semaphoreName(_ provider: ProviderDeclaration, _ probe: ProviderDeclaration.Probe) -> String {
  "\(provider.name)_\(probe.name)_semaphore"
}

private func semaphore(_ provider: ProviderDeclaration, _ probe: ProviderDeclaration.Probe) -> String {
  "volatile unsigned short \(semaphoreName(provider, probe))"
    + " __attribute__((weak, visibility(\"hidden\"), section(\".probes\"))) = 0;\n"
}

private func macros(_ provider: ProviderDeclaration, _ probe: ProviderDeclaration.Probe) -> String {
  // `probe a__b` is a-b in D and A_B in C.
  let name = (provider.name + "_" + probe.name.replacing("__", with: "_")).uppercased()
  let numbers = probe.arguments.indices
  let parameters = numbers.map { "arg\($0)" }.joined(separator: ", ")
  let values = numbers.map { "    long culprit_arg\($0) = (long)(arg\($0)); \\\n" }.joined()
  let operands = numbers.map { "-8@%\($0)" }.joined(separator: " ")
  let inputs = numbers.map { "\"nor\"(culprit_arg\($0))" }.joined(separator: ", ")
  let semaphore = semaphoreName(provider, probe)
  return """

    #define \(name)_ENABLED() __builtin_expect(\(semaphore) != 0, 0)
    #define \(name)(\(parameters)) \\
      do { \\
    \(values)    CULPRIT_MARK("\(provider.name)", "\(probe.name)", "\(semaphore)", "\(operands)", \(inputs)); \\
      } while (0)

    """
}
