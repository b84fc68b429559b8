// json(): a value out of a JSON text by the path to it. See `Function.json`; the kernel's side is `BPFCode/Emitter/JSON.swift`.

import Bytes

extension TextFunctions {
  /// Where the reader stands: what it expects of the next byte.
  private enum Stage {
    case top, key, string, escape, unicode, colon, comma, word, number, fraction, exponent, value, nested
  }

  /// Appends the value that `path` leads to; false when there is none, or the text is not JSON as far as that.
  static func json(_ text: RawSpan, _ path: RawSpan, into out: inout [UInt8]) -> Bool {
    guard let found = JSONReader(path: steps(path)).find(in: text) else { return false }
    append(text, found, to: &out)
    return true
  }

  /// `foo[0].bar` as `foo`, `0`, `bar`.
  private static func steps(_ path: RawSpan) -> [[UInt8]] {
    var steps: [[UInt8]] = [[]]
    for index in 0..<path.byteCount {
      switch path.byte(at: index) {
      case UInt8(ascii: "[") where index == 0: continue
      case UInt8(ascii: "]"): continue
      case UInt8(ascii: "."), UInt8(ascii: "["): steps.append([])
      case let byte: steps[steps.count - 1].append(byte)
      }
    }
    return steps
  }

  private struct JSONReader {
    let path: [[UInt8]]
    /// The step of the path that is looked for.
    private var step = 0
    private var stage = Stage.top
    /// Where the value, or the key, began that is being read.
    private var start: Int?
    private var isKey = false
    /// Whether a string is part of an object or array that is passed over or taken whole.
    private var isWithin = false
    /// Whether the value that comes is the one of the step.
    private var isFound = false
    private var inArray = false
    private var wanted: Int64 = .min
    private var position: Int64 = 0
    private var digits = 0
    private var braces = 0
    private var brackets = 0

    init(path: [[UInt8]]) { self.path = path }

    private enum Turn {
      case next
      /// The byte is looked at again.
      case again
      case found(Range<Int>)
      case wrong
    }

    mutating func enterArray() {
      inArray = true
      position = 0
      let step = path[step]
      wanted = TextFunctions.strtoll(RawSpan(_elements: step.span), base: 10)
      isFound = wanted == 0
      stage = .value
    }

    consuming func find(in text: RawSpan) -> Range<Int>? {
      var at = 0
      while at < text.byteCount {
        switch read(text, at) {
        case .next: at += 1
        case .again: break
        case .found(let range): return range
        case .wrong: return nil
        }
      }
      return nil
    }

    private mutating func read(_ text: RawSpan, _ at: Int) -> Turn {
      let byte = text.byte(at: at)
      let isBlank = [0x20, 0x0d, 0x0a, 0x09, 0x0c].contains(byte)
      switch stage {
      case .top:
        if isBlank { return .next }
        if byte == UInt8(ascii: "[") { enterArray() } else { stage = .key }
        return byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") ? .next : .wrong
      case .key:
        if isBlank { return .next }
        (stage, isKey, start) = (.string, true, at + 1)
        return byte == UInt8(ascii: "\"") ? .next : .wrong
      case .string: return readString(text, byte, at)
      case .escape:
        stage = byte == UInt8(ascii: "u") ? .unicode : .string
        digits = 0
        return .next
      case .unicode:
        digits += 1
        if digits == 4 { stage = .string }
        return Self.isHexadecimal(byte) ? .next : .wrong
      case .colon:
        if isBlank { return .next }
        stage = .value
        return byte == UInt8(ascii: ":") ? .next : .wrong
      case .comma:
        if isBlank { return .next }
        if inArray {
          position &+= 1
          if position == wanted { isFound = true }
        }
        stage = inArray ? .value : .key
        return byte == UInt8(ascii: ",") ? .next : .wrong
      case .word:
        if (0x61...0x7a).contains(byte) { return .next }
        guard let start, ["true", "false", "null"].contains(where: { Self.stands($0, in: text, start..<at) }) else {
          return .wrong
        }
        return end(at)
      case .number, .fraction, .exponent: return readNumber(byte, at)
      case .value: return isBlank ? .next : begin(byte, at)
      case .nested: return readNested(byte, at)
      }
    }

    /// A value that is no object has ended before this byte.
    private mutating func end(_ at: Int) -> Turn {
      guard isFound, let start else {
        stage = .comma
        return .again
      }
      return step + 1 < path.count ? .wrong : .found(start..<at)
    }

    private mutating func readString(_ text: RawSpan, _ byte: UInt8, _ at: Int) -> Turn {
      if byte == UInt8(ascii: "\\") { stage = .escape }
      guard byte == UInt8(ascii: "\""), let start else { return .next }
      if isWithin {
        isWithin = false
        stage = .nested
        return .next
      }
      if isKey {
        isKey = false
        stage = .colon
        if Self.equal(path[step], text, start..<at) { isFound = true }
        return .next
      }
      stage = .comma
      if !isFound { return .next }
      return step + 1 < path.count ? .wrong : .found(start..<at)
    }

    private mutating func readNumber(_ byte: UInt8, _ at: Int) -> Turn {
      if stage == .number {
        if byte == UInt8(ascii: ".") {
          stage = .fraction
          return .next
        }
        if byte | 32 == UInt8(ascii: "x") { return .wrong }
      }
      if stage != .exponent {
        if byte | 32 == UInt8(ascii: "e") {
          stage = .exponent
          return .next
        }
        if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return .wrong }
      }
      if (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return .next }
      return end(at)
    }

    /// The first byte of a value.
    private mutating func begin(_ byte: UInt8, _ at: Int) -> Turn {
      start = at
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if isFound, step + 1 < path.count {
          step += 1
          if byte == UInt8(ascii: "[") {
            enterArray()
          } else {
            (inArray, isFound, stage) = (false, false, .key)
          }
          return .next
        }
        (braces, brackets) = byte == UInt8(ascii: "{") ? (1, 0) : (0, 1)
        stage = .nested
      case UInt8(ascii: "\""):
        start = at + 1
        stage = .string
      case 0x61...0x7a: stage = .word
      case UInt8(ascii: "-"), 0x30...0x39: stage = .number
      default: return .wrong
      }
      return .next
    }

    private mutating func readNested(_ byte: UInt8, _ at: Int) -> Turn {
      switch byte {
      case UInt8(ascii: "\""):
        isWithin = true
        stage = .string
        return .next
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "{"): braces += 1
      case UInt8(ascii: "]"):
        if brackets == 0 { return .wrong }
        brackets -= 1
      case UInt8(ascii: "}"):
        if braces == 0 { return .wrong }
        braces -= 1
      default: break
      }
      guard braces == 0, brackets == 0, let start else { return .next }
      if isFound { return .found(start..<at + 1) }
      stage = .comma
      return .next
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 32)
    }

    private static func stands(_ word: StaticString, in text: RawSpan, _ range: Range<Int>) -> Bool {
      equal(Array("\(word)".utf8), text, range)
    }

    private static func equal(_ bytes: [UInt8], _ text: RawSpan, _ range: Range<Int>) -> Bool {
      range.count == bytes.count && bytes.indices.allSatisfy { text.byte(at: range.lowerBound + $0) == bytes[$0] }
    }
  }
}
