import DSyntax
import IR
import Source

extension Checker {
  /// `printf("format", …)`: the format's conversions agree with the arguments.
  mutating func checkPrintf(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard let first = written.first else {
      report(.argumentCount("printf", given: 0, wanted: "1"), range)
      return nil
    }
    guard case .string(let bytes) = first.kind else {
      report(
        .printfFormat(
          tag: "D_PRINTF_ARG_FMT", "printf( ) argument #1 is incompatible with prototype: a string constant is wanted"),
        first.range)
      return nil
    }
    let arguments = written.dropFirst().compactMap { check($0) }
    guard arguments.count == written.count - 1 else { return nil }
    return .printf(String(decoding: bytes, as: UTF8.self), arguments)
  }
}
