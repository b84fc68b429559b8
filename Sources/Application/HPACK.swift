import Bytes

/// One direction's header compression (RFC 7541): the fields that both ends remember, and how they are written.
struct HPACK: Sendable {
  /// The most bytes of fields that are remembered, as the RFC counts them. An encoder may be told to use more; then it cannot be followed.
  static let capacityLimit = 1 << 16
  /// The most fields of one block.
  static let fieldLimit = 256

  struct Field: Sendable {
    var name: [UInt8]
    var value: [UInt8]
    /// RFC 7541 §4.1.
    var size: Int { name.count &+ value.count &+ 32 }
  }

  /// The oldest first.
  private var fields: [Field] = []
  private var size = 0
  private var capacity = 4096

  /// Reads a header block.
  /// - Returns: false when it cannot be read: then the fields that both ends remember are not known any more.
  mutating func read(_ bytes: RawSpan, _ body: (Field) -> Void) -> Bool {
    var offset = 0
    for _ in 0..<Self.fieldLimit {
      guard offset < bytes.byteCount else { return true }
      let first = bytes.byte(at: offset)
      // What each form begins with: 1 indexed, 01 literal that is remembered, 001 new capacity, 0000 and 0001 literal that is not.
      if first & 0x80 != 0 {
        guard let index = bytes.hpackInteger(at: &offset, bits: 7), let field = field(index) else { return false }
        body(field)
      } else if first & 0xe0 == 0x20 {
        guard let limit = bytes.hpackInteger(at: &offset, bits: 5), limit <= Self.capacityLimit else { return false }
        capacity = limit
        evict()
      } else {
        let isRemembered = first & 0x40 != 0
        guard let index = bytes.hpackInteger(at: &offset, bits: isRemembered ? 6 : 4),
          let name = index == 0 ? bytes.hpackText(at: &offset) : field(index)?.name,
          let value = bytes.hpackText(at: &offset)
        else { return false }
        let field = Field(name: name, value: value)
        body(field)
        if isRemembered {
          fields.append(field)
          size &+= field.size
          evict()
        }
      }
    }
    return false
  }

  private func field(_ index: Int) -> Field? {
    guard index > 0 else { return nil }
    let known = hpackStaticFields.count
    if index <= known {
      let (name, value) = hpackStaticFields[index - 1]
      return Field(name: Array(name.description.utf8), value: Array(value.description.utf8))
    }
    return index &- known <= fields.count ? fields[fields.count &- (index &- known)] : nil
  }

  private mutating func evict() {
    var count = 0
    while size > capacity, count < fields.count {
      size &-= fields[count].size
      count &+= 1
    }
    fields.removeFirst(count)
  }
}

extension RawSpan {
  /// An integer in the low `bits` of a byte, and in more when they are all set (RFC 7541 §5.1); nil above a million.
  fileprivate func hpackInteger(at offset: inout Int, bits: Int) -> Int? {
    guard offset < byteCount else { return nil }
    let most = 1 << bits &- 1
    var value = Int(byte(at: offset)) & most
    offset &+= 1
    guard value == most else { return value }
    var shift = 0
    while offset < byteCount, shift < 21 {
      let next = byte(at: offset)
      offset &+= 1
      value &+= Int(next & 0x7f) << shift
      if next < 0x80 { return value < 1 << 20 ? value : nil }
      shift &+= 7
    }
    return nil
  }

  /// A text, as it is or in Huffman's code (RFC 7541 §5.2).
  fileprivate func hpackText(at offset: inout Int) -> [UInt8]? {
    guard offset < byteCount else { return nil }
    let isCoded = byte(at: offset) & 0x80 != 0
    guard let count = hpackInteger(at: &offset, bits: 7), count <= byteCount &- offset else { return nil }
    let range = offset..<offset &+ count
    offset = range.upperBound
    return isCoded ? HPACKCode.shared.read(self, range) : copy(range)
  }
}

/// HPACK's Huffman code. It is canonical: a code of some length belongs to the place behind those that come before it.
private struct HPACKCode {
  static let shared = HPACKCode()

  /// The bytes in the order of their codes, and for each length the first code and its place.
  private var symbols: [UInt16] = []
  private var first: [(code: UInt32, place: Int, count: Int)] = []

  private init() {
    var code: UInt32 = 0
    for length in 0...30 {
      code <<= 1
      let ofLength = hpackCodeLengths.indices.filter { Int(hpackCodeLengths[$0]) == length }
      first.append((code, symbols.count, ofLength.count))
      symbols += ofLength.map(UInt16.init)
      code &+= UInt32(ofLength.count)
    }
  }

  /// The text that is coded in `range`; nil when it is not. The bits that are left at the end are those of a code's beginning, all ones.
  func read(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt8]? {
    var text: [UInt8] = []
    var code: UInt32 = 0
    var length = 0
    for place in range {
      for bit in (0..<8).reversed() {
        code = code << 1 | UInt32(bytes.byte(at: place) >> UInt8(bit) & 1)
        length &+= 1
        let row = first[length]
        if code >= row.code, code &- row.code < UInt32(row.count) {
          let symbol = symbols[row.place &+ Int(code &- row.code)]
          guard symbol < 256 else { return nil }
          text.append(UInt8(symbol))
          (code, length) = (0, 0)
        } else if length == 30 {
          return nil
        }
      }
    }
    return length < 8 && code == 1 << UInt32(length) &- 1 ? text : nil
  }
}
