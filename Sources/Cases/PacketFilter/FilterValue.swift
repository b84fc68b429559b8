/// A number in a filter's register, with where it came from while that can be told: so that a frame can be made which has another
/// number there.
struct FilterValue {
  var number: UInt32
  var origin: Origin?

  /// A load, and what was done to the number since.
  struct Origin {
    var place: FilterPlace
    var changes: [(FilterStep.Arithmetic, UInt32)] = []
  }

  /// Longer chains are no comparison of a field.
  private static let limit = 8

  /// After `arithmetic` with another number; nil is a division by zero, at which Linux refuses the frame.
  func after(_ arithmetic: FilterStep.Arithmetic, _ other: UInt32) -> FilterValue? {
    guard let result = Self.apply(arithmetic, number, other) else { return nil }
    guard var origin, origin.changes.count < Self.limit else { return FilterValue(number: result) }
    origin.changes.append((arithmetic, other))
    return FilterValue(number: result, origin: origin)
  }

  private static func apply(_ arithmetic: FilterStep.Arithmetic, _ a: UInt32, _ b: UInt32) -> UInt32? {
    switch arithmetic {
    case .add: a &+ b
    case .subtract: a &- b
    case .multiply: a &* b
    case .divide: b == 0 ? nil : a / b
    case .modulo: b == 0 ? nil : a % b
    case .or: a | b
    case .and: a & b
    case .xor: a ^ b
    case .shiftLeft: a &<< b
    case .shiftRight: a &>> b
    }
  }
}

extension FilterValue.Origin {
  /// `frame` changed so that the bits under `mask` of this value become those of `wanted`.
  func frame(like frame: ProbeFrame, with wanted: UInt32, under mask: UInt32 = .max) -> ProbeFrame? {
    guard let (wanted, mask) = loaded(wanted & mask, under: mask), let old = frame.value(of: place) else { return nil }
    let new = old & ~mask | wanted
    if case .bytes(_, let width) = place, width < 4, new >> UInt32(8 * width) != 0 { return nil }
    return frame.with(new, at: place)
  }

  /// Which bits of the number loaded decide the bits under `mask` of this value; all where that cannot be told.
  func bits(of mask: UInt32) -> UInt32 {
    var mask = mask
    for (arithmetic, other) in changes.reversed() {
      switch arithmetic {
      case .and: mask &= other
      case .or: mask &= ~other
      case .shiftLeft: mask &>>= other
      case .shiftRight: mask &<<= other
      case .xor: break
      case .add, .subtract, .multiply, .divide, .modulo: mask = .max
      }
    }
    return mask
  }

  /// The bits that must have been loaded, and which of them matter, for this value to be `wanted` under `mask`.
  private func loaded(_ wanted: UInt32, under mask: UInt32) -> (wanted: UInt32, mask: UInt32)? {
    var (wanted, mask) = (wanted, mask)
    for (arithmetic, other) in changes.reversed() {
      switch arithmetic {
      case .xor: wanted ^= other & mask
      case .and:
        guard wanted & ~other == 0 else { return nil }
        mask &= other
      case .or:
        guard wanted & other == mask & other else { return nil }
        mask &= ~other
        wanted &= mask
      case .shiftLeft:
        guard wanted & ~(UInt32.max &<< other) == 0 else { return nil }
        (wanted, mask) = (wanted &>> other, mask &>> other)
      case .shiftRight:
        guard wanted & ~(UInt32.max &>> other) == 0 else { return nil }
        (wanted, mask) = (wanted &<< other, mask &<< other)
      case .add where mask == .max: wanted &-= other
      case .subtract where mask == .max: wanted &+= other
      case .multiply where mask == .max && other != 0 && wanted % other == 0: wanted /= other
      case .add, .subtract, .multiply, .divide, .modulo: return nil
      }
    }
    return (wanted, mask)
  }
}
