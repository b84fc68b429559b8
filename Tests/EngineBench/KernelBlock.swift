import BPFCode
import Bytes
import Kernel

/// Bytes in the kernel's memory whose address is known: what a program that is run by hand can be given for the structures
/// that a tracepoint points to. It is the value of a map; a program of its own once tells where that lies.
package final class KernelBlock {
  package let address: UInt64
  private let object: LoadedObject

  package init(size: Int) throws {
    let map = MapSpec(name: "block", kind: .array, keySize: 4, valueSize: size, maxEntries: 1)
    // A pointer may be stored where the privileged can read it: the value then begins with its own address.
    var code = Assembler()
    code.map(.r1, 0, valueOffset: 0)
    code.emit(.store(.double, at: .r1, offset: 0, .register(.r1)))
    code.constant(.r0, 0)
    code.emit(.exit)
    let assembled = try code.assemble()
    let program = ProgramSpec(
      name: "address", attachment: .called, instructions: assembled.instructions,
      mapReferences: assembled.references)
    object = try LoadedObject(loading: ObjectSpec(maps: [map], programs: [program]), types: nil)
    _ = try object.programs[0].run()
    address = UInt64(bitPattern: Int64(try object.maps[0].value(of: Self.key)?.word(at: 0) ?? 0))
    contents = [UInt8](repeating: 0, count: size)
  }

  private static let key: [UInt8] = [0, 0, 0, 0]

  /// What lies there.
  package private(set) var contents: [UInt8]

  /// Puts bytes there, zeros behind them.
  package func fill(_ bytes: [UInt8]) throws {
    contents = bytes + [UInt8](repeating: 0, count: contents.count - bytes.count)
    try object.maps[0].update(Self.key, contents)
  }
}
