/// A classic BPF program of a socket: `struct sock_filter`s to steps, refused where Linux refuses it at SO_ATTACH_FILTER
/// (net/core/filter.c, `bpf_check_classic`). Every jump goes forward, so a run ends within as many steps as there are.
struct FilterProgram {
  /// BPF_MAXINSNS.
  static let limit = 4096

  let steps: [FilterStep]

  /// What a socket without a filter does.
  static let takingAll = FilterProgram(steps: [.finish(.max)])

  private init(steps: [FilterStep]) { self.steps = steps }

  /// - Parameter bytes: eight a step, little-endian: code (2), jump if true (1), jump if false (1), constant (4).
  init(_ bytes: [UInt8]) throws(FilterRefusal) {
    guard bytes.count % 8 == 0 else { throw .cutOff(bytes: bytes.count) }
    let count = bytes.count / 8
    guard count <= Self.limit else { throw .tooLong(steps: count) }
    guard count > 0 else { throw .endless }
    var steps: [FilterStep] = []
    steps.reserveCapacity(count)
    for index in 0..<count { steps.append(try FilterStep(bytes[index * 8..<index * 8 + 8], at: index, of: count)) }
    guard case .finish = steps[count - 1] else { throw .endless }
    self.steps = steps
  }
}

/// Why a program is none that Linux would have attached.
enum FilterRefusal: Error, Equatable {
  case cutOff(bytes: Int)
  case tooLong(steps: Int)
  /// The last step is no return.
  case endless
  case noSuchStep(code: UInt16, at: Int)
  case jumpsOut(at: Int)
  case noSuchCell(UInt32, at: Int)
  case divisionByZero(at: Int)
  case shiftTooFar(UInt32, at: Int)
  case noSuchExtension(UInt32, at: Int)

  var text: String {
    switch self {
    case .cutOff(let bytes): "its \(bytes) bytes are no whole number of instructions"
    case .tooLong(let steps): "it has \(steps) instructions, more than the \(FilterProgram.limit) that Linux takes"
    case .endless: "it does not end with a return"
    case .noSuchStep(let code, let index): "instruction \(index) has the unknown code 0x\(String(code, radix: 16))"
    case .jumpsOut(let index): "instruction \(index) jumps out of the program"
    case .noSuchCell(let cell, let index): "instruction \(index) uses memory cell \(cell) of 16"
    case .divisionByZero(let index): "instruction \(index) divides by zero"
    case .shiftTooFar(let bits, let index): "instruction \(index) shifts by \(bits) of 32 bits"
    case .noSuchExtension(let offset, let index):
      "instruction \(index) loads the unknown extension 0x\(String(offset, radix: 16))"
    }
  }
}
