/// What `recall()` tells of what was remembered under a key. The history is kept by the hour, of the stream's own time and of UTC.
package enum Recollection: String, Sendable, CaseIterable {
  /// Nanoseconds since the beginning of the hour in which it was remembered first; 0 where it never was.
  case age
  /// How many values there were, those of the present hour among them.
  case count
  /// In how many hours there were any, the present one among them.
  case hours
  /// The standard deviation of the values in thousandths of their mean, those of the present hour among them.
  case variation
  /// The median of the sums of the hours before the present one in which there were any.
  case median
  /// The median of how far those sums are from their median (MAD).
  case deviation
  /// Of the hours before the present one in which there were any, how many, in thousandths, were at hours of the day as rare as the
  /// present one or rarer.
  case rarity

  /// The number that a program names it by.
  package var number: Int64 { Int64(Self.allCases.firstIndex(of: self) ?? 0) }

  /// - Parameter number: a program's.
  package init?(number: Int64) {
    guard let index = Int(exactly: number), Self.allCases.indices.contains(index) else { return nil }
    self = Self.allCases[index]
  }
}
