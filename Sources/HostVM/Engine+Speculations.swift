// Speculations, and stacks that become parts of keys.

import IR

extension Engine {
  mutating func loadStack(_ block: Int, _ frames: Int, user: Bool, _ firing: Firing) {
    let stack = user ? firing.userStack : firing.kernelStack
    if user { locals.store(UInt64(firing.pid), block, .double) }
    let start = user ? block &+ 8 : block
    for frame in 0..<frames { locals.store(frame < stack.count ? stack[frame] : 0, start &+ frame &* 8, .double) }
  }

  mutating func speculation() -> UInt64 {
    let number = speculations.take()
    if number == 0 {
      if speculations.isBusy { drops.speculationsBusy &+= 1 } else { drops.speculationsUnavailable &+= 1 }
    }
    return number
  }

  mutating func speculate(_ number: UInt64, _ size: UInt64) -> UInt64 {
    let (ticket, isFull) = speculations.charge(number, size)
    if isFull { drops.speculations &+= 1 }
    return ticket
  }
}
