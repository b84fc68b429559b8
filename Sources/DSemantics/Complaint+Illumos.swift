// Tags that illumos has where libdtrace for Linux has one for all prototypes, or other names (`dt_errtags.h` of both).

extension SemanticComplaint {
  package var otherTag: String? {
    switch self {
    case .argumentCount("tracemem", let given, _): given > 3 ? "D_TRACEMEM_ARGS" : nil
    case .argumentCount(let name, _, _): Self.prototypes[name]
    case .argumentType("normalize", 2, _, _): "D_NORMALIZE_SCALAR"
    case .argumentType("trunc", 2, _, _): "D_TRUNC_SCALAR"
    case .argumentType("stack", 1, _, _): "D_STACK_SIZE"
    case .argumentType("ustack", 1, _, _): "D_USTACK_FRAMES"
    case .argumentType("printf", 1, _, _): "D_PRINTF_ARG_FMT"
    case .argumentType("print", _, "void", _): "D_PRINT_VOID"
    case .argumentType("print", _, "dynamic variable", _): "D_PRINT_AGG"
    case .argumentType("print", _, "pointer to translated data", _): "D_PRINT_DYN"
    case .rule(let tag, let illumos, _): illumos ?? Self.logLinear[tag]
    default: nil
    }
  }

  private static let prototypes = [
    "clear": "D_CLEAR_PROTO", "denormalize": "D_NORMALIZE_PROTO", "normalize": "D_NORMALIZE_PROTO",
    "printa": "D_PRINTA_PROTO", "stack": "D_STACK_PROTO", "trunc": "D_TRUNC_PROTO",
    "ustack": "D_USTACK_PROTO",
  ]

  private static let logLinear = [
    "D_LLQUANT_LMAGTYPE": "D_LLQUANT_LOWTYPE", "D_LLQUANT_LMAGVAL": "D_LLQUANT_LOWVAL",
    "D_LLQUANT_HMAGTYPE": "D_LLQUANT_HIGHTYPE", "D_LLQUANT_STEPTYPE": "D_LLQUANT_NSTEPTYPE",
    "D_LLQUANT_MATCHFACTOR": "D_LLQUANT_FACTORMATCH", "D_LLQUANT_MATCHLMAG": "D_LLQUANT_LOWMATCH",
    "D_LLQUANT_MATCHHMAG": "D_LLQUANT_HIGHMATCH", "D_LLQUANT_MATCHSTEPS": "D_LLQUANT_NSTEPMATCH",
  ]
}
