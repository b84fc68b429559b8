import IR

/// D's subroutines that give a value: their parameters, results and what they become (DTrace guide, "Actions and Subroutines").
package enum Subroutine: String, Sendable, CaseIterable {
  case alloca, basename, bcopy, cleanpath, copyin, copyinstr, copyinto, dirname, getmajor, getminor, htonl, htonll,
    htons
  case dPath = "d_path"
  case index
  case inetNtoa = "inet_ntoa"
  case inetNtoa6 = "inet_ntoa6"
  case inetNtop = "inet_ntop"
  case linkNtop = "link_ntop"
  case json, lltostr
  case machToNanoseconds = "mtons"
  case memref, memstr
  case mutexOwned = "mutex_owned"
  case mutexOwner = "mutex_owner"
  case mutexTypeAdaptive = "mutex_type_adaptive"
  case mutexTypeSpin = "mutex_type_spin"
  case ntohl, ntohll, ntohs, progenyof, rand, recall, remember, rindex, speculation
  case execPath = "execpath"
  case rwIswriter = "rw_iswriter"
  case rwReadHeld = "rw_read_held"
  case rwWriteHeld = "rw_write_held"
  case strchr, strjoin, strlen, strrchr, strstr, strtok, strtoll, substr, tolower, toupper
  case kernelAddressPermutation = "vm_kernel_addrperm"

  /// What a parameter takes.
  enum Parameter: Hashable {
    case integer, pointer, string
    /// A pointer that no text stands for.
    case address
    /// An integer that is written as a constant.
    case constant
    /// What a history is asked for: the name of a `Recollection`, written as a string.
    case recollection
    /// A pointer to the structure of that name, or to nothing in particular.
    case structure(String)
  }

  var signature: (required: [Parameter], optional: [Parameter], result: DType) {
    switch self {
    case .alloca: ([.integer], [], .pointer(.void, userland: false))
    case .basename, .cleanpath, .dirname, .tolower, .toupper: ([.string], [], .string)
    case .bcopy: ([.pointer, .pointer, .integer], [], .void)
    case .copyin: ([.integer, .integer], [], .pointer(.void, userland: false))
    case .copyinstr: ([.integer], [.integer], .string)
    case .copyinto: ([.integer, .integer, .pointer], [], .void)
    case .htonl, .ntohl: ([.integer], [], .integer(IntegerType(4, signed: false, "uint32_t")))
    case .htonll, .ntohll: ([.integer], [], .uint64)
    case .htons, .ntohs: ([.integer], [], .integer(IntegerType(2, signed: false, "uint16_t")))
    case .index, .rindex: ([.string, .string], [.integer], .int)
    case .getmajor, .getminor: ([.integer], [], .integer(IntegerType(4, signed: false, "dev_t")))
    case .dPath: ([.structure("struct path")], [], .string)
    case .inetNtoa: ([.pointer], [], .string)
    case .inetNtoa6: ([.structure("struct in6_addr")], [.constant], .string)
    case .inetNtop, .linkNtop: ([.integer, .pointer], [], .string)
    case .mutexOwned, .mutexTypeAdaptive, .mutexTypeSpin: ([.structure("struct mutex")], [], .int)
    // What it points to is `struct task_struct`, as the checker says.
    case .mutexOwner: ([.structure("struct mutex")], [], .pointer(.void, userland: false))
    case .progenyof: ([.integer], [], .int)
    case .rwIswriter, .rwReadHeld, .rwWriteHeld: ([.structure("rwlock_t")], [], .int)
    case .kernelAddressPermutation: ([.address], [], .pointer(.void, userland: false))
    case .lltostr: ([.integer], [.integer], .string)
    case .machToNanoseconds: ([.integer], [], .uint64)
    case .memref:
      ([.pointer, .integer], [], .pointer(.integer(IntegerType(8, signed: false, "uintptr_t")), userland: false))
    case .memstr: ([.pointer, .integer, .integer], [], .string)
    case .rand, .speculation: ([], [], .int)
    case .execPath: ([], [], .string)
    case .recall: ([.recollection, .string], [.integer], .int64)
    case .remember: ([.string, .integer], [], .int64)
    case .strchr, .strrchr: ([.string, .integer], [], .string)
    case .json, .strjoin, .strstr, .strtok: ([.string, .string], [], .string)
    case .strlen: ([.string], [], .size)
    case .strtoll: ([.string], [.integer], .int64)
    case .substr: ([.string, .integer], [.integer], .string)
    }
  }

  /// The engines' function for those that are pure functions of texts and integers.
  var function: Function? {
    switch self {
    case .basename: .basename
    case .cleanpath: .cleanpath
    case .dirname: .dirname
    case .dPath: .path
    case .tolower: .tolower
    case .toupper: .toupper
    case .htonl, .ntohl: .htonl
    case .htonll, .ntohll: .htonll
    case .htons, .ntohs: .htons
    case .index: .index
    case .rindex: .rindex
    case .json: .json
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
    case .execPath: .executable
    case .recall: .recall
    case .remember: .remember
    case .alloca, .bcopy, .copyin, .copyinstr, .copyinto, .getmajor, .getminor, .inetNtop, .kernelAddressPermutation,
      .linkNtop, .machToNanoseconds, .memref, .memstr,
      .mutexOwned, .mutexOwner,
      .mutexTypeAdaptive, .mutexTypeSpin, .progenyof, .rwIswriter, .rwReadHeld, .rwWriteHeld, .speculation, .strtok:
      nil
    }
  }
}

/// Actions: calls that record, print or change the run, and give no value.
package enum ActionName: String, Sendable, CaseIterable {
  case breakpoint, chill, clear, commit, copyout, copyoutstr, denormalize, discard, exit, finding, freopen, ftruncate,
    livedump
  case `func`, jstack, mod, normalize, panic, pcap, print, printa, printf, printm, raise, setopt, speculate, stack,
    stop, sym,
    system,
    trace
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
