package import BPFCode
package import BTF
import CBPF
import Glibc

/// A program in the kernel. It goes when the last of its owners and attachments lets go.
package final class Program: Sendable {
  package let name: String
  package let attachment: ProgramSpec.Attachment
  /// Reached by a tail call alone.
  let isContinuation: Bool
  let handle: FileHandle

  package var descriptor: CInt { handle.raw }

  /// Loads the program: `maps` are what its references count, `types` where its attachment is looked up.
  package init(_ spec: ProgramSpec, maps: [Map], types: TypeGraph?, log wanted: VerifierLog = VerifierLog())
    throws(KernelError)
  {
    name = spec.name
    attachment = spec.attachment
    isContinuation = spec.isContinuation
    let words = try spec.patched(with: maps)
    let kind = try LoadKind(spec.attachment, types)
    let functions: FunctionTypes?
    do throws(SystemError) {
      functions = try FunctionTypes(of: words)
    } catch {
      throw KernelError(error)
    }
    if wanted.isWanted {
      let size = wanted.wantedSize
      let (raw, log) = loadWithLog(spec.name, words, kind, functions, sizes: size...size, level: LogLevel.everything)
      let isWhole = raw >= 0 || errno != ENOSPC
      if raw >= 0 { close(raw) }
      wanted.tell(spec.name, isWhole ? log : nil)
    }
    var raw = load(spec.name, words, kind, functions)
    if raw < 0 {
      let error = SystemError(failed: "bpf(BPF_PROG_LOAD) \(spec.name)")
      let log: String
      (raw, log) = loadWithLog(spec.name, words, kind, functions, sizes: wanted.refusalSizes)
      guard raw >= 0 else {
        // Without privileges the program never reaches the verifier, which then says nothing.
        if error.code == EPERM, log.isEmpty { throw .notPermitted(error) }
        throw .verifier(VerifierRefusal(of: spec.name, error: error, log: log, origins: spec.origins))
      }
    }
    handle = FileHandle(adopting: raw)
  }
}

extension ProgramSpec {
  /// The instructions' words with descriptors in place of references to maps.
  func patched(with maps: [Map]) throws(KernelError) -> [UInt64] {
    guard !instructions.isEmpty else { throw .badSpec("program \(name) has no instructions") }
    var words = instructions.map(\.word)
    for reference in mapReferences {
      guard maps.indices.contains(reference.map), words.indices.contains(reference.instruction),
        words.indices.contains(reference.instruction + 1), words[reference.instruction] & 0xff == 0x18
      else { throw .badSpec("program \(name): a reference to map \(reference.map) at \(reference.instruction)") }
      // The source register says what the immediate is: BPF_PSEUDO_MAP_FD or BPF_PSEUDO_MAP_VALUE.
      let pseudo: UInt64 = reference.valueOffset == nil ? 1 : 2
      let descriptor = UInt64(UInt32(bitPattern: maps[reference.map].descriptor))
      words[reference.instruction] = words[reference.instruction] & 0x0fff | pseudo << 12 | descriptor << 32
      words[reference.instruction + 1] = UInt64(UInt32(clamping: reference.valueOffset ?? 0)) << 32
    }
    return words
  }
}
