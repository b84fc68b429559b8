import BTF
import Bytes
import Events
import IR
import Kernel
import Symbols
import Synchronization

/// The running kernel's memory, read by a small program in the kernel: for who must look at it before a D program runs.
struct KernelMemory: ~Copyable {
  /// Bytes at once.
  static let piece = 8192
  private var loaded: LoadedProgram

  init(_ types: TypeGraph) throws(TraceProblem) {
    var program = IR.Program()
    program.symbols = ["culprit", "", "", "read"]
    program.probes = [EnabledProbe(id: 1, parts: [0, 1, 2, 3], hook: .begin)]
    let (address, size) = (Register(0), Register(1))
    let record = RecordLayout([.init(.tracemem, fields: [.init(.bytes(Self.piece))])])
    let steps: [Step] = [
      .context(address, word: 0), .constant(size, Int64(Self.piece)), .happened(item: 0),
      .recordBytes(item: 0, field: 0, address: address, size: size, .kernel),
    ]
    program.clauses = [Clause(number: 0, probes: [0], registers: 2, blocks: [Block(steps: steps)], record: record)]
    loaded = try LoadedProgram(program, types: types, clock: ClockPairing { _ in 0 })
  }

  /// `count` bytes from the address on; nil where they cannot be read.
  mutating func read(_ address: UInt64, _ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    let layout = loaded.program.clauses[0].record
    let offset = layout.items[0].fields[0].offset
    while bytes.count < count {
      var got = false
      guard (try? loaded.fire(.begin, [address + UInt64(bytes.count)])) != nil else { return nil }
      // A firing leaves one record.
      loaded.drain(atMost: 1) { record in
        guard record.byteCount >= layout.size, record.littleEndian(UInt16.self, at: 0) == 0 else { return }
        got = true
        for index in 0..<Self.piece { bytes.append(record.byte(at: offset + index)) }
      }
      if !got { return nil }
    }
    return Array(bytes.prefix(count))
  }
}

/// The kernel's symbols, looked for when a program first names one.
func kernelAddresses(_ types: TypeGraph) -> @Sendable (String, String) -> UInt64? {
  let known = Mutex<[String: UInt64?]>([:])
  return { name, module in
    known.withLock { known in
      if let found = known[module + "`" + name] { return found }
      let variables = KernelVariables.running { address, count in
        guard var memory = try? KernelMemory(types) else { return nil }
        return memory.read(address, count)
      } offset: { record, member in
        guard let type = types.find(record, [.structure]) else { return nil }
        return (try? types.place(in: type, path: member))?.byteOffset
      }
      let found = variables.address(of: name, module: module)
      known[module + "`" + name] = found
      return found
    }
  }
}
