import Answers
import Glibc
import IR
import Testing

struct PrintfTests {
  /// What glibc prints for one 64-bit argument.
  private func glibc(_ format: String, _ value: Int64) -> String {
    unsafe withVaList([value]) { list in
      var buffer = [CChar](repeating: 0, count: 128)
      let count = unsafe vsnprintf(&buffer, buffer.count, format, list)
      return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  private static let flags = ["", "0", "-", "+", " ", "#", "+0", " 0", "-+", "#0", "-#", "+ ", "- "]
  private static let values: [Int64] = [0, 1, -1, 7, 8, 123, -123, 0o123, 4_294_967_296, .max, .min]

  @Test(arguments: flags)
  func `every integer conversion agrees with the C library`(flags: String) {
    for letter in ["d", "i", "u", "o", "x", "X"] {
      for extent in ["", "1", "5", "8", "25", ".1", ".5", "8.5", "25.22", "3.12"] {
        for value in Self.values {
          // printf(3) takes the flags in any order, and dtrace puts them in its own.
          let expected = glibc("%\(flags)\(extent)ll\(letter)", value)
          let field = RecordLayout.Field.integer(.double, signed: letter == "d" || letter == "i")
          #expect(
            printed(.printf(format: "%\(flags)\(extent)\(letter)"), [field], [.number(value)]) == expected,
            "%\(flags)\(extent)\(letter) of \(value)")
        }
      }
    }
  }

  @Test func `an integer of any width prints by its own width and sign`() {
    func all(_ letter: String, signed: Bool) -> [String] {
      Width.allCases.map {
        printed(
          .printf(format: "%\(letter)"), [.integer($0, signed: signed)], [.number(0x1234_5678_90ab_cdef)])
      }
    }
    #expect(all("d", signed: true) == ["-17", "-12817", "-1867788817", "1311768467294899695"])
    #expect(all("d", signed: false) == ["239", "52719", "2427178479", "1311768467294899695"])
    #expect(all("u", signed: true) == ["239", "52719", "2427178479", "1311768467294899695"])
    #expect(all("x", signed: true) == ["ef", "cdef", "90abcdef", "1234567890abcdef"])
    #expect(all("p", signed: false) == ["ef", "cdef", "90abcdef", "1234567890abcdef"])
  }

  @Test func `a byte of a format that is not UTF-8 is printed as it is`() {
    var script = Script()
    script.probe()
    let action = Action.printf(format: FormatText([0xc0, 0xa8, 0x25, 0x64]))
    script.clause([RecordLayout.Item(action, fields: [.int32])])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[.number(7)]]))
    #expect(printer.output == [0xc0, 0xa8, 0x37])
  }

  @Test func `texts are cut to the precision and padded to the width, and a precision of 0 is none`() {
    func text(_ format: String) -> String { printed(.printf(format: FormatText(format)), [.text], [.text("hello")]) }
    #expect(text("%s|") == "hello|")
    #expect(text("%.0s|") == "hello|")
    #expect(text("%.2s|") == "he|")
    #expect(text("%8s|") == "   hello|")
    #expect(text("%-8s|") == "hello   |")
    #expect(text("%8.3s|") == "     hel|")
    #expect(text("%-8.3s|") == "hel     |")
    // `0` after `-` takes it back, which C does not do.
    #expect(printed(.printf(format: "%-05d|"), [.int32], [.number(7)]) == "00007|")
  }

  @Test func `stars take their width and precision from the arguments before the value`() {
    let fields: [RecordLayout.Field] = [.int32, .int32, .text]
    let format = Action.printf(format: "%*.*s|")
    #expect(printed(format, fields, [.number(6), .number(2), .text("hello")]) == "    he|")
    #expect(printed(format, fields, [.number(-6), .number(2), .text("hello")]) == "he    |")
    #expect(printed(format, fields, [.number(0), .number(-1), .text("hello")]) == "hello|")
    #expect(printed(.printf(format: "%?x"), [.int64], [.number(0xff)]) == "              ff")
  }

  @Test func `an escaped text shows the NUL that ends it, as in the article`() {
    // truss.d prints stringof(copyin(buffer, length)) with \"%S\": a D string, which ends in a NUL.
    let line = "192.168.2.111 -> 192.168.2.1  UDP D=1900 S=21405 LEN=140\n"
    #expect(
      printed(
        .printf(format: "write(0x%X, \"%S\", 0x%X)"), [.int64, .text, .int64], [.number(1), .text(line), .number(0x39)])
        == "write(0x1, \"192.168.2.111 -> 192.168.2.1  UDP D=1900 S=21405 LEN=140\\n\\0\", 0x39)")
  }

  @Test func `an escaped text spells every byte that is not printable as C does`() {
    let bytes: [UInt8] = [7, 8, 9, 10, 11, 12, 13, 0x22, 0x5c, 0x20, 0x7e, 0x7f, 0x80, 0xff, 1]
    let field = RecordLayout.Field(.bytes(bytes.count))
    #expect(
      printed(.printf(format: "%S"), [field], [.bytes(bytes)]) == #"\a\b\t\n\v\f\r\"\\ ~\177\200\377\001"#)
    // Bytes end at their first NUL, which is shown.
    #expect(printed(.printf(format: "%S"), [.init(.bytes(4))], [.bytes([0x61, 0, 0x62, 0])]) == "a\\0")
    #expect(printed(.printf(format: "%C%C"), [.int32, .int32], [.number(10), .number(0x41)]) == "\\nA")
  }

  @Test func `characters print as bytes and wide ones in UTF-8`() {
    #expect(printed(.printf(format: "%c%3c|"), [.int32, .int32], [.number(0x61), .number(0x62)]) == "a  b|")
    #expect(printed(.printf(format: "%lc"), [.int32], [.number(0x20ac)]) == "€")
    #expect(printed(.printf(format: "%lc"), [.int32], [.number(0xd800)]) == "\u{fffd}")
    let wide: [UInt8] = [0x61, 0, 0, 0, 0xac, 0x20, 0, 0, 0, 0, 0, 0, 0x62, 0, 0, 0]
    #expect(printed(.printf(format: "%ls"), [.init(.bytes(16))], [.bytes(wide)]) == "a€")
  }

  @Test func `a name of the probe prints as a text`() {
    // Symbol 3 is BEGIN.
    #expect(
      printed(.printf(format: "%7s|%S"), [.init(.symbol), .init(.symbol)], [.number(3), .number(3)])
        == "  BEGIN|BEGIN\\0")
    #expect(printed(.printf(format: "[%s]"), [.init(.symbol)], [.number(99)]) == "[]")
  }

  @Test func `percent signs, and a format without conversions, print as they are`() {
    #expect(printed(.printf(format: "100%%\n")) == "100%\n")
    #expect(printed(.printf(format: "hello")) == "hello")
  }

  @Test(arguments: [
    1.0, -1.0, 0.0, 0.1, 2.5, 3.5, 0.5, 1e21, 1.5e-7, 123456.789, 9.9999995, 999999.4, 1234567.5,
    .leastNonzeroMagnitude, 1.7976931348623157e308,
    .infinity, -.infinity, 0.00001234, 100000, 1_000_000,
  ])
  func `floating-point conversions agree with the C library`(value: Double) {
    for format in [
      "%f", "%e", "%g", "%E", "%G", "%.1f", "%.3e", "%.10g", "%12.2f", "%-12.2e|", "%+f", "%012f", "% .4g", "%#g",
      "%.17g",
    ] {
      let expected = unsafe withVaList([value]) { list in
        var buffer = [CChar](repeating: 0, count: 512)
        let count = unsafe vsnprintf(&buffer, buffer.count, format, list)
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      let answer = printed(
        .printf(format: FormatText(format)), [.int64], [.number(Int64(bitPattern: value.bitPattern))])
      #expect(answer == expected, "\(format)")
    }
  }

  @Test func `a long double of x86 prints exactly`() {
    // 1 + 2^-63, which no double can hold.
    let bytes: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f, 0, 0, 0, 0, 0, 0]
    #expect(printed(.printf(format: "%.20Lf"), [.init(.bytes(16))], [.bytes(bytes)]) == "1.00000000000000000011")
  }
}

struct TimeTests {
  /// What the C library makes of a moment in the zone of this machine.
  private func glibc(_ format: String, _ seconds: Int) -> String {
    var seconds = seconds
    var parts = unsafe tm()
    var buffer = [CChar](repeating: 0, count: 128)
    let count = unsafe strftime(&buffer, buffer.count, format, localtime_r(&seconds, &parts))
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @Test(arguments: [
    // The moment of the DTrace guide; days whose ISO week belongs to the year before or after; now; before 1970.
    123_787_200, 1_609_459_200, 1_419_984_000, 1_483_272_000, 1_356_955_200, 951_825_600, 1_760_000_000, -86_400,
  ])
  func `times print in the zone of the machine`(seconds: Int) {
    let moment = Int64(seconds) * 1_000_000_000
    #expect(printed(.printf(format: "%Y"), [.int64], [.number(moment)]) == glibc("%Y %b %e %T", seconds))
    #expect(printed(.printf(format: "%T"), [.int64], [.number(moment)]) == glibc("%a, %d %b %G %T %Z", seconds))
    #expect(
      printed(.printf(format: "%-22Y|"), [.int64], [.number(moment)]) == glibc("%Y %b %e %T  |", seconds))
  }
}

struct PrintfFormatTests {
  @Test func `a format is read into literals and conversions`() throws {
    let format = try PrintfFormat("a%%b%-#*.3lldc%@u")
    #expect(format.pieces.count == 4)
    #expect(format.pieces.first == .literal(Array("a%b".utf8)))
    let directives = format.directives
    #expect(directives.map(\.conversion.name) == ["lld", "u"])
    #expect(directives.map(\.number) == [2, 3])
    #expect(directives[0].flags == [.left, .alternate])
    #expect(directives[0].width == .argument)
    #expect(directives[0].precision == .fixed(3))
    #expect(directives[0].conversion.wanted == .type(.longLong))
    #expect(directives[1].ofAggregation)
  }

  @Test(arguments: [
    ("", PrintfFormat.Problem.empty), ("%d %1$d", .positional(number: 2)), ("%", .unfinished(number: 1)),
    ("x%-5", .unfinished(number: 1)), ("%Z", .undefined(number: 1, name: "Z")),
    ("%hhd", .undefined(number: 1, name: "hhd")), ("%5%", .flaggedPercent(number: 1)), ("%..1d", .manyDots(number: 1)),
    ("%**d", .manyStars(number: 1, precision: false)), ("%.**d", .manyStars(number: 1, precision: true)),
  ])
  func `what is wrong with a format is named`(text: String, problem: PrintfFormat.Problem) {
    #expect(throws: problem) { _ = try PrintfFormat(FormatText(text)) }
  }

  @Test func `no format makes a number too large or the reader trap`() {
    var generator = SystemRandomNumberGenerator()
    let letters = Array("%%%%diouxXsSckaATYlLhwefgG*.-+#0'9@?$ Z\u{0}é")
    for _ in 0..<20_000 {
      let text = String((0..<Int.random(in: 0..<12, using: &generator)).map { _ in letters.randomElement()! })
      do {
        for directive in try PrintfFormat(FormatText(text)).directives {
          if case .fixed(let width) = directive.width { #expect(width <= PrintfFormat.widest) }
        }
      } catch {
        #expect(!error.text.isEmpty)
      }
    }
    #expect(throws: Never.self) { _ = try PrintfFormat("%99999999999999999999d") }
  }
}
