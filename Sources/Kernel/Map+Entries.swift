import BPFCode
import CBPF
import Glibc

extension Map {
  /// Calls `body` with every key and its (full) value; the bytes are valid only during the call.
  ///
  /// Programs go on writing meanwhile: an entry that they add or delete may be seen or not, one that stays is seen, and one
  /// that moves may be seen twice.
  /// - Returns: entries given.
  @discardableResult
  package func forEach(_ body: (_ key: RawSpan, _ value: RawSpan) -> Void) throws(SystemError) -> Int {
    if let count = try batches(body) { return count }
    return try oneByOne(body)
  }

  /// Every key with its (full) value.
  package func entries() throws(SystemError) -> [(key: [UInt8], value: [UInt8])] {
    var entries: [(key: [UInt8], value: [UInt8])] = []
    try forEach { key, value in entries.append((copy(key), copy(value))) }
    return entries
  }

  /// A key's value on each possible processor, without the padding; nil when there is none.
  package func valuesPerCPU(of key: [UInt8]) throws(SystemError) -> [[UInt8]]? {
    let stride = (spec.valueSize + 7) & ~7
    return try value(of: key).map { full in
      (0..<full.count / max(1, stride)).map { Array(full[$0 * stride..<$0 * stride + spec.valueSize]) }
    }
  }

  private func copy(_ bytes: RawSpan) -> [UInt8] { unsafe bytes.withUnsafeBytes { unsafe Array($0) } }

  /// Whole buckets at a time (Linux 5.6 and later); nil when this map cannot be read so.
  private func batches(_ body: (RawSpan, RawSpan) -> Void) throws(SystemError) -> Int? {
    var room = max(64, min(spec.maxEntries, 1 << 20 / max(1, fullValueSize)))
    // A place in the map: a key's size for arrays, a bucket's number for hashes.
    var place = [UInt8](repeating: 0, count: max(8, spec.keySize))
    var given = 0
    var first = true
    while true {
      var keys = [UInt8](repeating: 0, count: room * spec.keySize)
      var values = [UInt8](repeating: 0, count: room * fullValueSize)
      var count = UInt32(room)
      var next = place
      // Safe: keys and values have room for `count` entries, and places for the larger of the two sorts.
      let result =
        first
        ? unsafe bpf_map_lookup_batch(descriptor, nil, &next, &keys, &values, &count, nil)
        : unsafe bpf_map_lookup_batch(descriptor, &place, &next, &keys, &values, &count, nil)
      let code = result == 0 ? 0 : errno
      // ENOENT: that was the last of them. ENOSPC: a bucket holds more than there was room for; nothing was taken.
      if code == ENOSPC, room < spec.maxEntries * 2 {
        room *= 2
        continue
      }
      guard code == 0 || code == ENOENT else {
        if first, [EINVAL, EOPNOTSUPP, 524, EPERM].contains(code) { return nil }
        throw SystemError(call: "bpf(BPF_MAP_LOOKUP_BATCH) \(spec.name)", code: code)
      }
      let (allKeys, allValues) = (RawSpan(_elements: keys.span), RawSpan(_elements: values.span))
      for entry in 0..<min(Int(count), room) {
        body(
          allKeys.extracting(entry * spec.keySize..<(entry + 1) * spec.keySize),
          allValues.extracting(entry * fullValueSize..<(entry + 1) * fullValueSize))
        given += 1
      }
      if code == ENOENT { return given }
      place = next
      first = false
    }
  }

  /// Key by key. A key that is deleted meanwhile sends the kernel back to the beginning, so the steps are bounded.
  private func oneByOne(_ body: (RawSpan, RawSpan) -> Void) throws(SystemError) -> Int {
    var given = 0
    var key: [UInt8]?
    for _ in 0..<max(16, spec.maxEntries * 2) {
      var next = [UInt8](repeating: 0, count: spec.keySize)
      // Safe: both keys have the map's key size.
      let result = unsafe bpf_map_get_next_key(descriptor, key, &next)
      if result != 0 {
        if errno == ENOENT { return given }
        throw SystemError(failed: "bpf(BPF_MAP_GET_NEXT_KEY) \(spec.name)")
      }
      if let value = try value(of: next) {
        body(RawSpan(_elements: next.span), RawSpan(_elements: value.span))
        given += 1
      }
      key = next
    }
    return given
  }
}
