import BPFCode
import Bytes
import Kernel

/// A program's speculations in the kernel: the states, which it shares, and the queue of free numbers.
///
/// A class, since whoever has the aggregations has them too and the mapping is one.
final class KernelSpeculations {
  private let states: MappedArray
  private let free: Map

  /// Nil when the program has none.
  init?(_ roles: EmittedObject.Roles, _ maps: [Map]) {
    guard let places = roles.speculations, let states = try? MappedArray(maps[places.states]) else { return nil }
    self.states = states
    free = maps[places.free]
  }

  /// Those that were committed or discarded and not freed since.
  var concluded: [(ticket: UInt64, commits: Bool)] {
    if states.number(at: 0) == states.number(at: 8) { return [] }
    return (1..<states.count).compactMap { number in
      let state = states.number(number)
      guard state & UInt64(EmittedObject.SpeculationState.concluded) != 0 else { return nil }
      return (ticket(number, state), state & UInt64(EmittedObject.SpeculationState.committed) != 0)
    }
  }

  func free(_ ticket: UInt64) {
    let number = Int(ticket & 0xffff)
    guard number > 0, number < states.count else { return }
    let state = states.number(number)
    guard self.ticket(number, state) == ticket, state & UInt64(EmittedObject.SpeculationState.concluded) != 0 else {
      return
    }
    // Only the host frees, and programs change only what is in use: nobody else writes meanwhile.
    let flags = (UInt64(1) << UInt64(EmittedObject.SpeculationState.flagBits)) - 1
    states.set(state & ~flags, number)
    states.set(states.number(at: 8) &+ 1, at: 8)
    var bytes = ByteWriter()
    bytes.littleEndian(UInt32(number))
    try? free.update([], bytes.bytes)
  }

  private func ticket(_ number: Int, _ state: UInt64) -> UInt64 {
    (state >> UInt64(EmittedObject.SpeculationState.flagBits)) << 16 | UInt64(number)
  }
}
