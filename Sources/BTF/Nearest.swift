/// The name that was probably meant: the one with the fewest letters to change, when that is few enough to be likely.
package func nearest(to name: String, among names: [String]) -> String? {
  let wanted = Array(name.utf8)
  guard wanted.count <= 64 else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in names {
    let limit = min(best?.distance ?? Int.max, wanted.count / 3 + 2)
    let letters = Array(candidate.utf8)
    guard abs(letters.count - wanted.count) < limit else { continue }
    let distance = changes(wanted, letters)
    if distance < limit { best = (candidate, distance) }
  }
  return best?.name
}

/// Levenshtein's distance.
private func changes(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let change = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(change, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
