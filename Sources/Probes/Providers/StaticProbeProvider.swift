package import IR

/// `NAME123:MODULE:FUNCTION:PROBE`: the places that process 123's program and libraries mark with <sys/sdt.h> (DTrace guide, "Statically
/// Defined Tracing for User Applications").
/// - Parameter operands: where the arguments are, in the words of the file's note.
package func staticProbe(
  module: String, function: String, name: String, place: UserPlace, operands: String
) -> Probe {
  // Two underscores are a dash, as everywhere in D's probe names.
  Probe(
    module: module, function: function, name: name.replacing("__", with: "-"),
    site: .userCode(place, isReturn: false),
    arguments: operands.split(separator: " ").enumerated().map { number, operand in
      let operand = Operand(operand)
      return Argument("arg\(number)", operand.type, operand.recipe)
    })
}

/// One operand of a note, `-4@12(%rsp)`.
private struct Operand {
  /// How wide the value is, and whether it has a sign.
  var width = Width.double
  var signed = true
  /// Zero for what is nowhere that a tracer can look: a vector register.
  var recipe = Recipe.constant(0)

  /// As D calls it.
  var type: String { (signed ? "int" : "uint") + "\(Int(width.rawValue) * 8)_t" }

  init(_ text: Substring) {
    let parts = text.split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let size = Int(parts[0]), let width = Width(rawValue: UInt8(clamping: abs(size))) else {
      return
    }
    (self.width, signed) = (width, size < 0)
    recipe = value(parts[1]) ?? .constant(0)
  }

  private func value(_ operand: Substring) -> Recipe? {
    if operand.hasPrefix("$") { return integer(operand.dropFirst()).map { .constant($0) } }
    if operand.hasPrefix("%") {
      guard let register = Register(operand.dropFirst()) else { return nil }
      return narrowed(register.recipe)
    }
    // displacement(base,index,scale)
    guard operand.hasSuffix(")"), let open = operand.firstIndex(of: "(") else { return nil }
    let displacement = operand[..<open].isEmpty ? 0 : integer(operand[..<open])
    let names = operand[operand.index(after: open)...].dropLast().split(
      separator: ",", omittingEmptySubsequences: false)
    guard let displacement, let offset = Int(exactly: displacement), (1...3).contains(names.count) else { return nil }
    var address: Recipe?
    if !names[0].isEmpty {
      guard let base = Register(names[0].dropFirst()) else { return nil }
      address = .word(base.place.rawValue)
    }
    if names.count > 1 {
      guard let index = Register(names[1].dropFirst()), let scale = names.count > 2 ? Int64(names[2]) : 1 else {
        return nil
      }
      let scaled = Recipe.binary(.multiply, .word(index.place.rawValue), .constant(scale))
      address = address.map { .binary(.add, $0, scaled) } ?? scaled
    }
    return address.map { .userLoad($0, offset: offset, width, signed: signed) }
  }

  /// Decimal, or hexadecimal behind 0x.
  private func integer(_ text: Substring) -> Int64? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? text.dropFirst() : text
    let number = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    return number.map { isNegative ? 0 &- Int64(bitPattern: $0) : Int64(bitPattern: $0) }
  }

  /// The low bytes that count.
  private func narrowed(_ value: Recipe) -> Recipe {
    guard width != .double else { return value }
    let bits = Recipe.constant(64 - Int64(width.rawValue) * 8)
    return .binary(signed ? .shiftRightSigned : .shiftRightUnsigned, .binary(.shiftLeft, value, bits), bits)
  }
}

/// A general register by any of its names: `rax`, `eax`, `ax`, `al`, `ah`; `r8`, `r8d`, `r8w`, `r8b`.
private struct Register {
  var place: UserRegister
  /// `ah` and its like: the second byte.
  var isSecondByte = false

  var recipe: Recipe {
    let word = Recipe.word(place.rawValue)
    return isSecondByte ? .binary(.shiftRightUnsigned, word, .constant(8)) : word
  }

  init?(_ name: Substring) {
    if let place = Self.named[String(name)] {
      self.place = place
    } else if let place = Self.secondBytes[String(name)] {
      self.place = place
      isSecondByte = true
    } else {
      return nil
    }
  }

  private static let named: [String: UserRegister] = {
    var names: [String: UserRegister] = [:]
    let old: [(String, UserRegister)] = [
      ("ax", .ax), ("bx", .bx), ("cx", .cx), ("dx", .dx), ("si", .si), ("di", .di), ("bp", .bp), ("sp", .sp),
    ]
    for (name, place) in old {
      for spelled in ["r" + name, "e" + name, name] { names[spelled] = place }
      names[name.hasSuffix("x") ? "\(name.prefix(1))l" : name + "l"] = place
    }
    let new: [UserRegister] = [.r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15]
    names["rip"] = .ip
    for (number, place) in new.enumerated() {
      for suffix in ["", "d", "w", "b"] { names["r\(number + 8)\(suffix)"] = place }
    }
    return names
  }()
  private static let secondBytes: [String: UserRegister] = ["ah": .ax, "bh": .bx, "ch": .cx, "dh": .dx]
}
