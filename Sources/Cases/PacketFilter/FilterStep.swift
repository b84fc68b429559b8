/// One step of a classic BPF program; A is its accumulator and X its index register.
enum FilterStep: Equatable {
  case load(Source, into: Register)
  case store(Register, in: Int)
  case copy(to: Register)
  case compute(Arithmetic, Operand)
  case negate
  case jump(to: Int)
  case branch(Comparison, Operand, then: Int, otherwise: Int)
  /// Takes as many bytes of the frame; 0 refuses it.
  case finish(UInt32)
  case finishWithAccumulator

  enum Register { case accumulator, index }
  enum Operand: Equatable { case constant(UInt32), index }
  enum Comparison: Equatable { case equal, greater, greaterOrEqual, anyBit }
  enum Arithmetic { case add, subtract, multiply, divide, or, and, shiftLeft, shiftRight, modulo, xor }

  enum Source: Equatable {
    case frame(at: UInt32, width: Int)
    /// At X plus this.
    case frameAtIndex(plus: UInt32, width: Int)
    /// Four times the low four bits of a byte: an IPv4 header's length.
    case headerLength(at: UInt32)
    case constant(UInt32)
    case cell(Int)
    case length
    case about(FilterExtension)
  }
}

/// What Linux tells a filter besides the frame's bytes: loads at SKF_AD_OFF plus this (linux/filter.h).
enum FilterExtension: UInt32 {
  case proto = 0
  case packetType = 4
  case interface = 8
  case netlinkAttribute = 12
  case nestedNetlinkAttribute = 16
  case mark = 20
  case queue = 24
  case hardwareType = 28
  case receiveHash = 32
  case processor = 36
  case xorIndex = 40
  case vlanTag = 44
  case vlanTagPresent = 48
  case payloadOffset = 52
  case random = 56
  case vlanProto = 60

  /// SKF_AD_OFF.
  static let start = UInt32(bitPattern: -0x1000)
}

extension FilterStep {
  /// - Parameters:
  ///   - bytes: eight, a `struct sock_filter`.
  ///   - index: where in the program of `count` steps it stands.
  init(_ bytes: ArraySlice<UInt8>, at index: Int, of count: Int) throws(FilterRefusal) {
    let first = bytes.startIndex
    let code = UInt16(bytes[first]) | UInt16(bytes[first + 1]) << 8
    let constant = (4..<8).reversed().reduce(0 as UInt32) { $0 << 8 | UInt32(bytes[first + $1]) }
    let operand: Operand = code & 8 == 0 ? .constant(constant) : .index

    func target(_ distance: UInt32) throws(FilterRefusal) -> Int {
      guard Int(distance) < count - index - 1 else { throw .jumpsOut(at: index) }
      return index + 1 + Int(distance)
    }
    func cell() throws(FilterRefusal) -> Int {
      guard constant < 16 else { throw .noSuchCell(constant, at: index) }
      return Int(constant)
    }

    switch code {
    case 0x20, 0x28, 0x30: self = try .absolute(constant, width: [4, 2, 1][Int(code - 0x20) / 8], at: index)
    case 0x40, 0x48, 0x50:
      self = .load(.frameAtIndex(plus: constant, width: [4, 2, 1][Int(code - 0x40) / 8]), into: .accumulator)
    case 0x00: self = .load(.constant(constant), into: .accumulator)
    case 0x01: self = .load(.constant(constant), into: .index)
    case 0x60: self = .load(.cell(try cell()), into: .accumulator)
    case 0x61: self = .load(.cell(try cell()), into: .index)
    case 0x80: self = .load(.length, into: .accumulator)
    case 0x81: self = .load(.length, into: .index)
    case 0xb1: self = .load(.headerLength(at: constant), into: .index)
    case 0x02: self = .store(.accumulator, in: try cell())
    case 0x03: self = .store(.index, in: try cell())
    case 0x07: self = .copy(to: .index)
    case 0x87: self = .copy(to: .accumulator)
    case 0x84: self = .negate
    case 0x05: self = .jump(to: try target(constant))
    case 0x06: self = .finish(constant)
    case 0x16: self = .finishWithAccumulator
    default:
      if let arithmetic = Self.arithmetics[code & ~8] {
        if operand == .constant(0), [.divide, .modulo].contains(arithmetic) { throw .divisionByZero(at: index) }
        if case .constant(let bits) = operand, [.shiftLeft, .shiftRight].contains(arithmetic), bits >= 32 {
          throw .shiftTooFar(bits, at: index)
        }
        self = .compute(arithmetic, operand)
      } else if let comparison = Self.comparisons[code & ~8] {
        let then = try target(UInt32(bytes[first + 2]))
        self = .branch(comparison, operand, then: then, otherwise: try target(UInt32(bytes[first + 3])))
      } else {
        throw .noSuchStep(code: code, at: index)
      }
    }
  }

  /// A load at a constant offset: of the frame, or of what Linux says about it.
  private static func absolute(_ offset: UInt32, width: Int, at index: Int) throws(FilterRefusal) -> FilterStep {
    guard offset >= FilterExtension.start else { return .load(.frame(at: offset, width: width), into: .accumulator) }
    guard let what = FilterExtension(rawValue: offset - FilterExtension.start) else {
      throw .noSuchExtension(offset - FilterExtension.start, at: index)
    }
    return what == .xorIndex ? .compute(.xor, .index) : .load(.about(what), into: .accumulator)
  }

  private static let arithmetics: [UInt16: Arithmetic] = [
    0x04: .add, 0x14: .subtract, 0x24: .multiply, 0x34: .divide, 0x44: .or, 0x54: .and, 0x64: .shiftLeft,
    0x74: .shiftRight, 0x94: .modulo, 0xa4: .xor,
  ]

  private static let comparisons: [UInt16: Comparison] = [
    0x15: .equal, 0x25: .greater, 0x35: .greaterOrEqual, 0x45: .anyBit,
  ]
}
