/// Functions by address. Built once, then only read. Names stay where they were, in the text that the file keeps them in.
struct SymbolTable: Sendable {
  /// Sorted; each address once.
  private var addresses: [UInt64] = []
  private var sizes: [UInt32] = []
  /// Where each name begins in `text`; it ends before a NUL.
  private var names: [UInt32] = []
  private var text: [UInt8] = []

  var count: Int { addresses.count }
  /// Roughly, bytes of memory.
  var weight: Int { addresses.count * 16 + text.count }

  struct Entry {
    var address: UInt64
    /// 0 when it is not known.
    var size: UInt32
    var name: UInt32
    /// The greater is the better among names of one address.
    var rank: UInt8
  }

  /// Longer names are cut.
  private static let longestName = 4096

  init() {}

  /// Of names for the same address the best stays: the one of higher rank, then with fewer leading underscores, then the
  /// first in the alphabet, as far as a look at their beginnings tells.
  init(_ entries: [Entry], text: [UInt8]) {
    func start(_ entry: Entry) -> ArraySlice<UInt8> { text[Int(entry.name)...].prefix(48).prefix { $0 != 0 } }
    func isBetter(_ a: Entry, _ b: Entry) -> Bool {
      if a.rank != b.rank { return a.rank > b.rank }
      let (left, right) = (start(a), start(b))
      let underscores = [left, right].map { $0.prefix { $0 == UInt8(ascii: "_") }.count }
      if underscores[0] != underscores[1] { return underscores[0] < underscores[1] }
      return left.lexicographicallyPrecedes(right)
    }
    let sorted = entries.lazy.filter { Int($0.name) < text.count }.sorted {
      $0.address != $1.address ? $0.address < $1.address : isBetter($0, $1)
    }
    addresses.reserveCapacity(sorted.count)
    for entry in sorted {
      if addresses.last == entry.address {
        sizes[sizes.count - 1] = max(sizes[sizes.count - 1], entry.size)
        continue
      }
      addresses.append(entry.address)
      sizes.append(entry.size)
      names.append(entry.name)
    }
    self.text = text
  }

  /// The function that covers `address`, and how far into it that is. One whose size is not known reaches to the next.
  func find(_ address: UInt64) -> (name: String, offset: UInt64)? {
    var low = 0
    var high = addresses.count
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] <= address { low = middle + 1 } else { high = middle }
    }
    // A function may hold another one: look back a little for one that is long enough.
    var index = low - 1
    let stop = max(-1, index - 16)
    while index > stop {
      let offset = address - addresses[index]
      if offset < UInt64(sizes[index]) || sizes[index] == 0 && index == low - 1 { return (name(index), offset) }
      index -= 1
    }
    return nil
  }

  /// Without the version that .symtab writes behind a versioned function's name (`pthread_sigmask@@GLIBC_2.32`).
  private func name(_ index: Int) -> String {
    let whole = text[Int(names[index])...].prefix(Self.longestName).prefix { $0 != 0 }
    let bare = whole.prefix { $0 != UInt8(ascii: "@") }
    let name = bare.isEmpty ? whole : bare
    return String(decoding: printable(name), as: UTF8.self)
  }
}

/// Text that a stranger wrote, made fit for a terminal: a control character is a question mark.
func printable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  bytes.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: "?") : $0 }
}
