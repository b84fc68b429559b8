// Elements of associative arrays, by the key that was built last.

import Bytes
import IR

extension Engine {
  mutating func lookUp(_ id: Int) -> UInt64 {
    let entry = arrays[id].find(key.words, key.hash)
    return entry < 0 ? 0 : arrays[id].values[entry]
  }

  mutating func lookUpText(_ id: Int, _ to: Int) {
    let entry = arrays[id].find(key.words, key.hash)
    if entry < 0 { return texts.setNull(to) }
    texts.load(to, from: arrays[id].values, at: entry &* arrays[id].valueWords, unsetIsNull: true)
  }

  mutating func lookUpBytes(_ id: Int, _ block: Int) {
    let entry = arrays[id].find(key.words, key.hash)
    if entry < 0 {
      locals.clear(at: block, count: arrayCapacities[id])
    } else {
      locals.set(
        arrays[id].values, from: entry &* arrays[id].valueWords, at: block, count: arrayCapacities[id])
    }
  }

  mutating func assignBytes(_ block: Int, _ id: Int) {
    let entry = arrays[id].insert(key.words, key.hash)
    guard entry >= 0 else {
      drops.countElement(of: id)
      return
    }
    let start = entry &* arrays[id].valueWords
    for (index, word) in locals.words(at: block, count: arrayCapacities[id]).enumerated() {
      arrays[id].values[start + index] = word
    }
  }

  mutating func assign(_ value: UInt64, _ id: Int) {
    if value == 0 { return remove(id) }
    let entry = arrays[id].insert(key.words, key.hash)
    if entry < 0 {
      drops.countElement(of: id)
    } else {
      arrays[id].values[entry] = value
    }
  }

  mutating func assignText(_ from: Int, _ id: Int) {
    if texts.places[from].isNull { return remove(id) }
    let entry = arrays[id].insert(key.words, key.hash)
    guard entry >= 0 else {
      drops.countElement(of: id)
      return
    }
    let words = arrays[id].valueWords
    let at = entry &* words
    texts.store(from, to: &arrays[id].values, at: at, capacity: arrayCapacities[id])
  }

  mutating func remove(_ id: Int) {
    let entry = arrays[id].find(key.words, key.hash)
    if entry >= 0 { arrays[id].remove(entry) }
  }
}
