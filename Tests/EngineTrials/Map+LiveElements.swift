import IR
import Kernel

extension Map {
  /// How many elements an array has for a D program: an integer that counted up to zero where it lies stays in the map and reads as if
  /// it were gone.
  func liveElements(of array: AssociativeArray) throws -> Int {
    guard case .integer(let width, _) = array.value else { return try entries().count }
    return try entries().count { $0.value.prefix(Int(width.rawValue)).contains { $0 != 0 } }
  }
}
