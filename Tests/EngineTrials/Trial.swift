import BPFCode
import Bytes
package import EngineBench
import HostVM
package import IR
import Kernel
import Session
import Support

/// One program in both engines.
package final class Trial {
  private let program: IR.Program
  private var machine: Machine
  private let bench: Bench
  private let block: KernelBlock
  private let workers = Workers()
  private var random: RandomProgram.Generator
  private var found: [String] = []
  /// Records of each kind that both sent.
  package private(set) var data = 0
  package private(set) var faults = 0

  package init(_ program: IR.Program, seed: UInt64, block: KernelBlock) throws {
    // In some programs aggregations share maps, which are then so large that none is full in one engine only.
    let sharesMaps = seed % 4 == 3
    var program = program
    if sharesMaps {
      program.limits.aggregationEntries = 4096
      for id in program.aggregations.indices { program.aggregations[id].limit = nil }
    }
    self.program = program
    self.block = block
    machine = try Machine(program, seed: seed)
    bench = try Bench(program, sharesMaps: sharesMaps)
    random = RandomProgram.Generator(seed: seed ^ 0x5eed)
  }

  /// Fires both as often, and says where they differ: at the first firing that does, and in what is left at the end.
  package func differences(firings: Int) throws -> [String] {
    for number in 0..<firings where found.isEmpty { try fire(number) }
    try compareVariables()
    try compareAggregations()
    try compareDrops()
    return found
  }

  private func fire(_ number: Int) throws {
    try block.fill((0..<RandomProgram.blockSize).map { $0 % 12 == 11 ? 0 : UInt8(truncatingIfNeeded: random.next()) })
    var words = (0..<RandomProgram.words).map { _ in random.next() % 4 == 0 ? random.next() : random.next() % 5 }
    words[0] = block.address
    // Sometimes none of the probes fires.
    let fired = Int(random.next() % UInt64(program.probes.count + 1))
    let probe = fired < program.probes.count ? program.probes[fired] : nil
    words[RandomProgram.words - 1] = UInt64(bitPattern: probe?.selector?.value ?? 77)
    let thread = random.next() % 3
    var firing = Firing()
    firing.tid = UInt32(thread)
    firing.context = words
    firing.memory = BlockReader(address: block.address, bytes: block.contents)
    var here: [[UInt8]] = []
    if probe?.selector != nil {
      machine.fire(fired, firing) { here.append(Self.comparable($0.copy(0..<$0.byteCount))) }
    }
    // Where no clause is bound to the hook there is no program for it.
    var there: [[UInt8]] = []
    if let index = bench.emitted.hooks.firstIndex(where: { if case .tracepoint = $0 { true } else { false } }) {
      there = try workers.run(in: thread) { try bench.fire(index, words) }.map(Self.comparable)
    }
    guard here != there else {
      faults += here.count { $0[0] == 1 }
      data += here.count { $0[0] == 0 }
      return
    }
    let place = zip(here, there).enumerated().first { $0.element.0 != $0.element.1 }
    if let place {
      found.append("firing \(number), record \(place.offset): \(describe(place.element.0, place.element.1))")
    } else {
      found.append("firing \(number): \(here.count) records here, \(there.count) in the kernel")
    }
  }

  /// A record without what tells when and where it was made.
  private static func comparable(_ record: [UInt8]) -> [UInt8] {
    var record = record
    for place in Array(8..<20) + Array(24..<32) { record[place] = 0 }
    return record
  }

  private func describe(_ here: [UInt8], _ there: [UInt8]) -> String {
    let clause = here.integer(at: 4, 4)
    guard here.integer(at: 0, 4) == 0, there.integer(at: 0, 4) == 0, clause == there.integer(at: 4, 4) else {
      return "\(here.prefix(48)) here, \(there.prefix(48)) in the kernel"
    }
    let layout = program.clauses[clause].record
    for (number, item) in layout.items.enumerated() {
      for field in item.fields {
        let range = field.offset..<field.offset + field.size
        if here[range] != there[range] {
          return "clause \(clause), item \(number): \(Array(here[range])) here, \(Array(there[range])) in the kernel"
        }
      }
    }
    return "clause \(clause): other items happened"
  }

  private func compareVariables() throws {
    guard let globals = bench.emitted.roles.globals else { return }
    let value = try bench.maps[globals].value(of: [0, 0, 0, 0]) ?? []
    for (id, offset) in bench.emitted.roles.globalOffsets.sorted(by: { $0.key < $1.key }) {
      switch program.variables[id].storage {
      case .integer(let width, let signed):
        let bits = value.integer(at: offset, Int(width.rawValue))
        let shift = 64 - 8 * Int(width.rawValue)
        let there = signed ? (bits << shift) >> shift : bits
        let here = Int(machine.integer(id))
        if here != there { found.append("variable \(id): \(here) here, \(there) in the kernel") }
      case .text(let capacity):
        let there = value.text(at: offset, capacity)
        let here = String(decoding: machine.text(id), as: UTF8.self)
        if here != there { found.append("variable \(id): '\(here)' here, '\(there)' in the kernel") }
      case .bytes(let count):
        let there = Array(value[offset..<offset + count])
        let here = machine.bytes(id)
        if here != there { found.append("variable \(id): \(here) here, \(there) in the kernel") }
      }
    }
    for (id, map) in bench.emitted.roles.arrays {
      let there = try bench.maps[map].entries().count
      let here = machine.elementCount(id)
      if here != there { found.append("array \(id): \(here) elements here, \(there) in the kernel") }
    }
  }

  private func compareAggregations() throws {
    var kernel = KernelAggregations(program: program, roles: bench.emitted.roles, maps: bench.maps)
    for id in program.aggregations.indices {
      let here = Set(machine.aggregationEntries(id))
      let there = Set(kernel.entries(of: id))
      if here != there {
        found.append(
          "aggregation \(id) (\(program.aggregations[id].function)): \(here.subtracting(there)) here, "
            + "\(there.subtracting(here)) in the kernel")
      }
    }
  }

  private func compareDrops() throws {
    let here = (machine.drops.dynamicVariables, machine.drops.aggregations)
    let there = (UInt64(try bench.drops(.dynamic)), UInt64(try bench.drops(.aggregation)))
    if here != there { found.append("drops: \(here) here, \(there) in the kernel") }
    for array in machine.drops.elements.keys {
      let (here, there) = (machine.drops.elements[array] ?? 0, UInt64(try bench.droppedElements(of: array)))
      if here != there { found.append("drops of array \(array): \(here) here, \(there) in the kernel") }
    }
    let others = try bench.drops(.nesting) + bench.drops(.principal)
    if others != 0 { found.append("\(others) firings or records were dropped in the kernel") }
  }
}

/// The block, as the host VM sees the kernel's memory.
private struct BlockReader: MemoryReader {
  let address: UInt64
  let bytes: [UInt8]

  func read(_ count: Int, at place: UInt64, in space: Space, into out: inout [UInt8]) {
    guard space == .kernel, place >= address, place - address < UInt64(bytes.count) else { return }
    out += bytes.dropFirst(Int(place - address)).prefix(count)
  }
}
