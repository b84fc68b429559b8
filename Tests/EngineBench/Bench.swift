package import BPFCode
package import BTF
import Bytes
import Foundation
import Glibc
package import IR
package import Kernel

/// An emitted program in the running kernel, with its ring.
package final class Bench {
  package static let types = Result { try TypeGraph.ofKernel() }
  /// Root, and the kernel's types: asked once.
  package static let allowed = geteuid() == 0 && (try? types.get()) != nil

  /// This thread's number: `/proc/thread-self` is a link to `PID/task/TID`.
  package static var thread: Int {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
    return link?.split(separator: "/").last.flatMap { Int($0) } ?? 0
  }

  package let emitted: EmittedObject
  package let maps: [Map]
  package let programs: [Kernel.Program]
  private var ring: RingBuffer

  package init(_ program: IR.Program, offsets: KernelOffsets = .x86, sharesMaps: Bool = false) throws {
    var options = EmitterOptions(offsets: offsets)
    if sharesMaps { options.mapsOfClause = 0 }
    options.tracepointsCalled = true
    emitted = try emit(program, options: options)
    do {
      let object = try LoadedObject(loading: emitted.spec, types: nil)
      maps = object.maps
      programs = object.programs
    } catch {
      throw Refused(text: error.text, listing: emitted.listing)
    }
    ring = try RingBuffer(maps[emitted.roles.records])
  }

  /// A load that the kernel refused, with what was loaded.
  package struct Refused: Error, CustomStringConvertible {
    var text: String
    var listing: String
    package var description: String { text + "\n" + listing }
  }

  /// Runs the program of a hook once and gives the records it sent.
  @discardableResult
  package func fire(_ index: Int = 0, _ words: [UInt64] = []) throws -> [[UInt8]] {
    let result = try programs[index].run(words)
    if result != 0 { throw Refused(text: "returned \(result)", listing: "") }
    var records: [[UInt8]] = []
    ring.drain { records.append($0.copy(0..<$0.byteCount)) }
    return records
  }

  /// How many records wait, which are taken out.
  package func drained() throws -> Int { ring.drain { _ in } }

  package func drops(_ drop: EmittedObject.Drop) throws -> Int {
    let value = try maps[emitted.roles.drops].value(of: [0, 0, 0, 0]) ?? []
    return counts(at: drop.offset, in: value)
  }

  /// Elements of an array for which there was no room.
  package func droppedElements(of array: AssociativeArray.ID) throws -> Int {
    let value = try maps[emitted.roles.drops].value(of: [0, 0, 0, 0]) ?? []
    return counts(at: EmittedObject.Drop.offset(of: array), in: value)
  }

  /// A count of each CPU's value, summed.
  private func counts(at offset: Int, in value: [UInt8]) -> Int {
    stride(from: offset, to: value.count, by: maps[emitted.roles.drops].spec.valueSize)
      .reduce(0) { $0 + value.word(at: $1) }
  }

  /// The words of an aggregation's entry, all CPUs merged; nil when there is none.
  package func words(_ aggregation: Aggregation.ID, key: [UInt8], of program: IR.Program) throws -> [UInt64]? {
    guard let place = emitted.roles.aggregations[aggregation] else { return nil }
    let function = program.aggregations[aggregation].function
    let bytes: [UInt8]?
    switch place {
    case .single(let map): bytes = try maps[map].value(of: [0, 0, 0, 0])
    case .symbols(let map): bytes = try maps[map].value(of: Array(key.prefix(4)))
    case .hash(let map): bytes = try maps[map].value(of: key)
    case .shared(let map):
      let tagged = [UInt8](words: [aggregation]) + key
      let missing = maps[map].spec.keySize - tagged.count
      bytes = try maps[map].value(of: tagged + [UInt8](repeating: 0, count: missing))
    }
    guard let bytes else { return nil }
    var merged = [UInt64](repeating: 0, count: function.words)
    let size = maps[place.index].spec.valueSize
    for start in stride(from: 0, to: bytes.count, by: size) {
      function.merge(
        (0..<function.words).map { UInt64(bitPattern: Int64(bytes.word(at: start + $0 * 8))) }, into: &merged)
    }
    return merged
  }
}

extension EmittedObject {
  /// All programs, disassembled.
  package var listing: String {
    spec.programs.map { ([$0.name] + $0.disassembly(maps: spec.maps)).joined(separator: "\n") }.joined(
      separator: "\n\n")
  }
}

extension [UInt8] {
  package func word(at offset: Int) -> Int { integer(at: offset, 8) }

  /// A little-endian number of `count` bytes.
  package func integer(at offset: Int, _ count: Int) -> Int {
    Int((0..<count).reversed().reduce(Int64(0)) { $0 << 8 | Int64(self[offset + $1]) })
  }

  /// The text up to its NUL.
  package func text(at offset: Int, _ capacity: Int) -> String {
    String(decoding: self[offset..<(offset + capacity)].prefix { $0 != 0 }, as: UTF8.self)
  }

  package init(words: [Int]) {
    self = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }
}
