import DSyntax
import IR
import Source

extension Checker {
  /// `printf("format", …)` and its like: the format's conversions agree with the arguments.
  mutating func checkPrintf(
    _ written: [Expression], _ range: SourceRange, as name: String = "printf"
  ) -> TypedAction? {
    guard let first = written.first else {
      report(.argumentCount(name, given: 0, wanted: "1"), range)
      return nil
    }
    guard case .string(let bytes) = first.kind else {
      guard let given = check(first) else { return nil }
      report(
        given.type.isString
          ? .printfFormat(tag: "D_PRINTF_ARG_FMT", "\(name)( ) argument #1 must be a string constant")
          : .argumentType(name, number: 1, given: spelled(given.type), wanted: "a string constant"), first.range)
      return nil
    }
    var arguments = written.dropFirst().compactMap { check($0) }
    guard arguments.count == written.count - 1, let format = checkFormat(FormatText(bytes), first.range) else {
      return nil
    }
    var values = arguments[...]
    var number = 1
    if let aggregated = format.directives.first(where: \.ofAggregation) {
      report(
        .printfFormat(
          tag: "D_PRINTF_AGG_CONV",
          "%@\(aggregated.conversion.name) stands for an aggregation's value: it is printa( )'s"),
        first.range)
      return nil
    }
    for directive in format.directives {
      // Width and precision take an argument each where they are `*`, before the value.
      for extent in [directive.width, directive.precision] where extent == .argument {
        guard let value = values.popFirst() else {
          report(.printfExtentMissing(given: arguments.count, wanted: format.argumentCount), range)
          return nil
        }
        number += 1
        guard value.type.isInteger else {
          report(.printfExtentType(number: number, type: spelled(value.type)), value.range)
          return nil
        }
      }
      guard let value = values.popFirst() else {
        report(.printfArgumentCount(given: arguments.count, wanted: format.argumentCount), range)
        return nil
      }
      number += 1
      guard accepts(directive.conversion.wanted, value) else {
        let conversion = "%\(directive.conversion.name) (\(directive.conversion.wanted.text))"
        report(.printfArgumentType(conversion: conversion, number: number, type: spelled(value.type)), value.range)
        return nil
      }
      // `%d` goes by the argument's type, and so does `%i` in DTrace for Linux; elsewhere that one is always signed.
      if options.solaris, directive.conversion.name == "i", value.type.isInteger, !value.type.integer.signed {
        let signed = DType.integer(IntegerType(value.type.integer.bytes, signed: true, value.type.integer.name))
        arguments[number - 2] = Typed(.convert(value), signed, value.range)
      }
    }
    guard values.isEmpty else {
      report(.printfExtraArguments(given: arguments.count, wanted: format.argumentCount), range)
      return nil
    }
    return .printf(FormatText(bytes), arguments)
  }

  /// The format's conversions, or what is wrong with it.
  mutating func checkFormat(_ text: FormatText, _ range: SourceRange) -> PrintfFormat? {
    do {
      return try PrintfFormat(text)
    } catch {
      report(.printfFormat(tag: error.tag, error.text), range)
      return nil
    }
  }

  /// NULL is a number too.
  private func accepts(_ wanted: PrintfFormat.Wanted, _ value: Typed) -> Bool {
    if case .integer = value.kind, wanted == .integer, value.type.isPointer { return true }
    return accepts(wanted, value.type)
  }

  func accepts(_ wanted: PrintfFormat.Wanted, _ type: DType) -> Bool {
    switch wanted {
    case .integer: type.isInteger
    case .shortInteger: type.isInteger && type.integer.bytes <= 4
    case .type(let wanted): type.isInteger && accepts(wanted, type.integer)
    case .pointerOrInteger: type.isInteger || type.isPointer
    case .userAddress: type.isInteger || type.isPointer || type == .symbol
    case .kernelAddress: type.isInteger || type.isPointer || type == .symbol
    case .text:
      switch type {
      case .string: true
      case .array(let element, _): element.isInteger && element.integer.bytes == 1
      default: false
      }
    case .floating: if case .floating = type { true } else { false }
    case .longDouble: if case .floating(bytes: 16, _) = type { true } else { false }
    case .stack: if case .stack = type { true } else { false }
    case .wideText, .nothing: false
    case .time: type.isInteger && type.integer.bytes == 8
    }
  }

  private func accepts(_ wanted: PrintfFormat.IntegerType, _ type: IntegerType) -> Bool {
    switch wanted {
    case .short: type.bytes == 2 && type.signed
    case .unsignedShort: type.bytes == 2 && !type.signed
    case .anyShort: type.bytes == 2
    case .int: type.bytes == 4 && type.signed
    case .long, .longLong: type.bytes == 8 && type.signed
    case .unsignedLong, .unsignedLongLong: type.bytes == 8 && !type.signed
    case .anyLong, .anyLongLong: type.bytes == 8
    }
  }
}

extension PrintfFormat {
  /// What printf() takes after the format: the values, and widths and precisions that are `*`.
  fileprivate var argumentCount: Int {
    directives.reduce(0) { $0 + 1 + ($1.width == .argument ? 1 : 0) + ($1.precision == .argument ? 1 : 0) }
  }
}
