import Bytes
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

/// `-G`: the object file that is linked with programs that use the header. Nothing needs to be in it.
package func providerObject(_ request: TraceRequest) throws(TraceProblem) -> [UInt8] {
  _ = try declaredProviders(request)
  return emptyObject
}

private func declaredProviders(_ request: TraceRequest) throws(TraceProblem) -> [ProviderDeclaration] {
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

/// A relocatable ELF64 file whose one section says that the stack need not be executable (System V gABI, chapter 4).
private let emptyObject: [UInt8] = {
  let names = Array("\0.shstrtab\0.note.GNU-stack\0".utf8)
  var file = ByteWriter()
  file.append(
    [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F"), 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8))
  #if arch(arm64)
    let machine: UInt16 = 183
  #else
    let machine: UInt16 = 62
  #endif
  let namesPlace = UInt64(64)
  let headersPlace = UInt64(64 + (names.count + 7) / 8 * 8)
  // ET_REL, the machine, EV_CURRENT; no entry, no program headers.
  file.littleEndian(UInt16(1))
  file.littleEndian(machine)
  file.littleEndian(UInt32(1))
  file.littleEndian(UInt64(0))
  file.littleEndian(UInt64(0))
  file.littleEndian(headersPlace)
  file.littleEndian(UInt32(0))
  for half: UInt16 in [64, 0, 0, 64, 3, 1] { file.littleEndian(half) }
  file.append(names + [UInt8](repeating: 0, count: Int(headersPlace) - 64 - names.count))
  func section(name: UInt32, type: UInt32, offset: UInt64, size: UInt64) {
    file.littleEndian(name)
    file.littleEndian(type)
    for word in [0, 0, offset, size] { file.littleEndian(word) }
    file.littleEndian(UInt64(0))
    for word: UInt64 in [type == 0 ? 0 : 1, 0] { file.littleEndian(word) }
  }
  section(name: 0, type: 0, offset: 0, size: 0)
  // SHT_STRTAB, SHT_PROGBITS
  section(name: 1, type: 3, offset: namesPlace, size: UInt64(names.count))
  section(name: 11, type: 1, offset: namesPlace, size: 0)
  return file.bytes
}()
