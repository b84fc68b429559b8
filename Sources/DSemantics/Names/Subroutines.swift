import IR

/// D's subroutines that give a value: their parameters, results and what they become (DTrace guide, "Actions and Subroutines").
package enum Subroutine: String, Sendable, CaseIterable {
  case alloca, basename, bcopy, copyin, copyinstr, copyinto, dirname, htonl, htonll, htons, index
  case inetNtoa = "inet_ntoa"
  case inetNtoa6 = "inet_ntoa6"
  case lltostr, ntohl, ntohll, ntohs, rand, rindex, speculation, strchr, strjoin, strlen, strrchr, strstr, strtoll,
    substr, tolower
  case toupper

  /// What a parameter takes.
  enum Parameter { case integer, pointer, string }

  var signature: (required: [Parameter], optional: [Parameter], result: DType) {
    switch self {
    case .alloca: ([.integer], [], .pointer(.void, userland: false))
    case .basename, .dirname, .tolower, .toupper: ([.string], [], .string)
    case .bcopy: ([.pointer, .pointer, .integer], [], .void)
    case .copyin: ([.integer, .integer], [], .pointer(.void, userland: false))
    case .copyinstr: ([.integer], [.integer], .string)
    case .copyinto: ([.integer, .integer, .pointer], [], .void)
    case .htonl, .ntohl: ([.integer], [], .integer(IntegerType(4, signed: false, "uint32_t")))
    case .htonll, .ntohll: ([.integer], [], .uint64)
    case .htons, .ntohs: ([.integer], [], .integer(IntegerType(2, signed: false, "uint16_t")))
    case .index, .rindex: ([.string, .string], [.integer], .int)
    case .inetNtoa, .inetNtoa6: ([.pointer], [], .string)
    case .lltostr: ([.integer], [.integer], .string)
    case .rand, .speculation: ([], [], .int)
    case .strchr, .strrchr: ([.string, .integer], [], .string)
    case .strjoin, .strstr: ([.string, .string], [], .string)
    case .strlen: ([.string], [], .size)
    case .strtoll: ([.string], [.integer], .int64)
    case .substr: ([.string, .integer], [.integer], .string)
    }
  }

  /// The engines' function for those that are pure functions of texts and integers.
  var function: Function? {
    switch self {
    case .basename: .basename
    case .dirname: .dirname
    case .tolower: .tolower
    case .toupper: .toupper
    case .htonl, .ntohl: .htonl
    case .htonll, .ntohll: .htonll
    case .htons, .ntohs: .htons
    case .index: .index
    case .rindex: .rindex
    case .lltostr: .lltostr
    case .rand: .rand
    case .strchr: .strchr
    case .strrchr: .strrchr
    case .strjoin: .strjoin
    case .strstr: .strstr
    case .strlen: .strlen
    case .strtoll: .strtoll
    case .substr: .substr
    case .inetNtoa: .inetNtoa
    case .inetNtoa6: .inetNtoa6
    case .alloca, .bcopy, .copyin, .copyinstr, .copyinto, .speculation: nil
    }
  }
}

/// Actions: calls that record, print or change the run, and give no value.
package enum ActionName: String, Sendable, CaseIterable {
  case breakpoint, chill, clear, commit, copyout, copyoutstr, denormalize, discard, exit, freopen, ftruncate, `func`
  case jstack, mod, normalize, panic, pcap, print, printa, printf, raise, setopt, speculate, stack, stop, sym, system, trace
  case tracemem, trunc, uaddr, ufunc, umod, ustack, usym
}

extension ActionName {
  /// What the call of it would be in an expression.
  var type: DType {
    switch self {
    case .stack: .stack(user: false)
    case .ustack, .jstack: .stack(user: true)
    case .sym, .func, .mod, .usym, .ufunc, .umod, .uaddr: .symbol
    default: .void
    }
  }
}

/// Aggregating functions.
package enum AggregatingName: String, Sendable, CaseIterable {
  case avg, count, lquantize, max, min, quantize, stddev, sum, llquantize
}
