import IR

// Setting an element where it lies costs a store, the map's own update an allocation (400 instructions and six calls). It is right only
// where no element is ever freed: else the memory may have become another key's meanwhile. So it is done in arrays that are only added
// to by little, in at least four bytes: only after two thousand million times would one come to be zero, stay there, and read as if it
// were gone.

/// A look-up of the program.
struct ElementSite: Hashable {
  /// Index in `Program.clauses`.
  var clause: Int
  var step: Int
}

/// The element whose address the frame keeps.
struct KeptElement: Hashable {
  var array: AssociativeArray.ID
  var key: [Operand]
  var site: ElementSite
}

extension Program {
  /// Arrays of integers that no clause removes an element from or sets to what may well be zero.
  func arraysOnlyAddedTo() -> Set<AssociativeArray.ID> {
    var found = Set(
      arrays.indices.filter { id in
        if case .integer(let width, _) = arrays[id].value { width.rawValue >= 4 } else { false }
      })
    for clause in clauses {
      let origins = SingleWrites(clause)
      for case .remove(let id, _) in clause.blocks.lazy.flatMap(\.steps) { found.remove(id) }
      for case .assign(let id, _, let value) in clause.blocks.lazy.flatMap(\.steps) where found.contains(id) {
        guard case .integer(let register) = value, origins.isAboveZero(register, in: arrays[id].value.size) else {
          found.remove(id)
          continue
        }
      }
    }
    return found
  }
}

/// The step that writes each register, where only one does.
private struct SingleWrites {
  private var steps: [Int: Step] = [:]

  init(_ clause: Clause) {
    var writes: [Int: Int] = [:]
    for step in clause.blocks.lazy.flatMap(\.steps) {
      guard case .integer(let register)? = step.written else { continue }
      writes[register.index, default: 0] += 1
      steps[register.index] = step
    }
    steps = steps.filter { writes[$0.key] == 1 }
  }

  /// Whether the register holds a small constant above zero, a time, or what was counted up by such a constant: where nothing else is
  /// stored, only a number that wraps comes to zero.
  /// - Parameter size: bytes of the number that is kept.
  func isAboveZero(_ register: Register, in size: Int) -> Bool {
    switch steps[register.index] {
    case .constant(_, let value)?: (1...Int64(Int32.max)).contains(value)
    case .builtin(_, .timestamp)?, .builtin(_, .walltimestamp)?: size == 8
    case .copy(_, let from)?, .extend(_, let from, .word, signed: _)?, .extend(_, let from, .double, signed: _)?:
      isAboveZero(from, in: size)
    case .binary(.add, _, let left, let right)?: isSmall(left) || isSmall(right)
    default: false
    }
  }

  private func isSmall(_ register: Register) -> Bool {
    if case .constant(_, let value)? = steps[register.index] { (1...0xffff).contains(value) } else { false }
  }
}

extension HookEmitter {
  /// Whether elements of the array are set where they lie.
  func isKeptInPlace(_ id: AssociativeArray.ID) -> Bool { maps.arraysOnlyAddedTo.contains(id) }

  /// R0 is the element's address, or 0; it is kept when a later step wants it.
  mutating func keepElement(of id: AssociativeArray.ID, _ key: [Operand]) {
    keptElement = nil
    guard isKeptInPlace(id) else { return }
    let site = ElementSite(clause: plan.number, step: step)
    guard let known else {
      keptElement = KeptElement(array: id, key: key, site: site)
      return
    }
    guard known.reusedElements.contains(site) else { return }
    keptElement = KeptElement(array: id, key: key, site: site)
    emit(.store(.double, at: .r10, offset: Int16(Frame.element), .register(.r0)))
  }

  /// R0 = the element's address, or 0, when the look-up of the same element came before; else nothing is emitted.
  mutating func useKeptElement(of id: AssociativeArray.ID, _ key: [Operand]) -> Bool {
    guard let kept = keptElement, kept.array == id, kept.key == key else { return false }
    needs.reusedElements.insert(kept.site)
    // The first pass has no more than found out.
    guard known != nil else { return false }
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.element)))
    return true
  }

  /// The address is good until a part of the key changes, or the array.
  mutating func forgetElement(after step: Step) {
    guard let kept = keptElement else { return }
    if let written = step.written, kept.key.contains(written) { keptElement = nil }
    switch step {
    case .assign(kept.array, _, _), .remove(kept.array, _): keptElement = nil
    default: break
    }
  }

  /// R0 is the element's address.
  mutating func storeInPlace(_ value: Operand, _ storage: Storage) {
    guard case .integer(let register) = value, case .integer(let width, let signed) = storage else { return }
    load(register, into: .r1)
    extend(.r1, width, signed: signed)
    emit(.store(.double, at: .r0, offset: 0, .register(.r1)))
  }
}
