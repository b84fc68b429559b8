import Source

/// Every complaint that the checks can make; tags are libdtrace's (`dt_errtags.h`).
package enum SemanticComplaint: Complaint, Equatable {
  case undefinedIdentifier(String, nearest: String?)
  case undefinedVariable(String)
  case undefinedFunction(String, nearest: String?)
  case notAFunction(String)
  case functionAsVariable(String)
  case noSuchProbe(String, hint: String?)
  case noSuchProbeNumber(UInt32)
  case unknownType(String)
  case incompatible(String, String, operation: String)
  case needsInteger(operation: String, plural: Bool)
  case needsArithmetic(operation: String, plural: Bool)
  case needsScalar(operation: String, plural: Bool)
  case needsLvalue(operation: String)
  case notWritable(operation: String)
  case needsPointer(operation: String)
  case notARecord(operation: String, type: String)
  case noSuchMember(String, of: String)
  case dereferenceNonPointer
  case dereferenceVoid
  case stringofType(String)
  case badCast(from: String, to: String)
  case unknownSize
  case addressOfVariable
  case addressOfValue
  case addressOfBitField
  case divisionByZero
  case argumentCount(String, given: Int, wanted: String)
  case argumentType(String, number: Int, given: String, wanted: String)
  case aggregationNeedsFunction(String)
  case aggregationRedefined(String)
  case aggregationNull(String)
  case aggregationMisused(String)
  case aggregationKeyMismatch(String)
  case aggregationKeyType(String, type: String)
  case aggregationScalar(String)
  case notAnAggregation(action: String, tag: String)
  case emptyAggregation(action: String, name: String, tag: String)
  case arrayKeyMismatch(String)
  case arrayMisused(String)
  case localArray(String)
  case actionInExpression(String)
  case traceVoid
  case traceDynamic
  case printfFormat(tag: String, String)
  case printfArgumentCount(given: Int, wanted: Int)
  case printfExtraArguments(given: Int, wanted: Int)
  case printfExtentMissing(given: Int, wanted: Int)
  case printfExtentType(number: Int, type: String)
  case printfArgumentType(conversion: String, number: Int, type: String)
  case predicateNotScalar
  case argumentOfProbe(Int, available: Int)
  case argumentsDiffer
  case argumentsIndex
  case redeclared(String)
  case prototypeType(kind: String, type: String, name: String, number: Int)
  case dependsOnLibrary
  case missingDependency(String, String)
  case pragmaUnused(String)
  case pragmaScope(String)
  case belowMinimum(String, Attributes)
  case noTranslator(from: String, to: String)
  case translatorRedeclared(String, String)
  case translatorOutput
  case translatorIncomplete(String)
  case translatorMember(String, of: String)
  case translatorIncompatible(String, String, String)
  case noConversion(String)
  case forwardDeclared(operation: String, String)
  case badOption(String, value: String?, String)
  /// One that says all there is to say itself.
  case rule(tag: String, illumos: String? = nil, String)
  case enableDestructive(String)
  case unsupported(String)

  package var tag: String {
    switch self {
    case .undefinedIdentifier: "D_IDENT_UNDEF"
    case .undefinedVariable: "D_VAR_UNDEF"
    case .undefinedFunction: "D_FUNC_UNDEF"
    case .notAFunction: "D_FUNC_IDKIND"
    case .functionAsVariable: "D_IDENT_BADREF"
    case .noSuchProbe: "D_PDESC_ZERO"
    case .noSuchProbeNumber: "D_PDESC_INVAL"
    case .unknownType: "D_TYPE_ERR"
    case .incompatible: "D_OP_INCOMPAT"
    case .needsInteger: "D_OP_INT"
    case .needsArithmetic: "D_OP_ARITH"
    case .needsScalar: "D_OP_SCALAR"
    case .needsLvalue: "D_OP_LVAL"
    case .notWritable: "D_OP_WRITE"
    case .needsPointer: "D_OP_PTR"
    case .notARecord: "D_OP_SOU"
    case .noSuchMember: "D_TYPE_MEMBER"
    case .dereferenceNonPointer: "D_DEREF_NONPTR"
    case .dereferenceVoid: "D_DEREF_VOID"
    case .stringofType: "D_STRINGOF_TYPE"
    case .badCast: "D_CAST_INVAL"
    case .unknownSize: "D_SIZEOF_TYPE"
    case .addressOfVariable: "D_ADDROF_VAR"
    case .addressOfValue: "D_ADDROF_LVAL"
    case .addressOfBitField: "D_ADDROF_BITFIELD"
    case .divisionByZero: "D_DIV_ZERO"
    case .argumentCount: "D_PROTO_LEN"
    case .argumentType: "D_PROTO_ARG"
    case .aggregationNeedsFunction: "D_AGG_FUNC"
    case .aggregationRedefined: "D_AGG_REDEF"
    case .aggregationNull: "D_AGG_NULL"
    case .aggregationMisused: "D_AGG_MDIM"
    case .aggregationKeyMismatch, .arrayKeyMismatch: "D_PROTO_ARG"
    case .aggregationKeyType: "D_KEY_TYPE"
    case .aggregationScalar: "D_AGG_SCALAR"
    case .notAnAggregation(_, let tag), .emptyAggregation(_, _, let tag), .printfFormat(let tag, _),
      .rule(let tag, _, _):
      tag
    case .arrayMisused: "D_IDENT_BADREF"
    case .localArray: "D_ARR_LOCAL"
    case .actionInExpression: "D_CG_EXPR"
    case .traceVoid: "D_TRACE_VOID"
    case .traceDynamic: "D_TRACE_DYN"
    case .printfArgumentCount: "D_PRINTF_ARG_PROTO"
    case .printfArgumentType: "D_PRINTF_ARG_TYPE"
    case .printfExtraArguments: "D_PRINTF_ARG_EXTRA"
    case .printfExtentMissing: "D_PRINTF_DYN_PROTO"
    case .printfExtentType: "D_PRINTF_DYN_TYPE"
    case .predicateNotScalar: "D_PRED_SCALAR"
    case .argumentOfProbe: "D_ARGS_IDX"
    case .argumentsDiffer: "D_ARGS_MULTI"
    case .argumentsIndex: "D_PROTO_ARG"
    case .redeclared: "D_DECL_IDRED"
    case .prototypeType: "D_DECL_PROTO_TYPE"
    case .dependsOnLibrary, .missingDependency: "D_PRAGMA_DEPEND"
    case .pragmaUnused: "D_PRAGMA_UNUSED"
    case .pragmaScope: "D_PRAGMA_SCOPE"
    case .belowMinimum: "D_ATTR_MIN"
    case .noTranslator: "D_XLATE_NONE"
    case .translatorRedeclared: "D_XLATE_REDECL"
    case .translatorOutput, .translatorIncomplete: "D_XLATE_SOU"
    case .translatorMember: "D_XLATE_MEMB"
    case .translatorIncompatible: "D_XLATE_INCOMPAT"
    case .noConversion: "D_XLATE_NOCONV"
    case .forwardDeclared: "D_OP_INCOMPLETE"
    case .badOption: "D_PRAGMA_OPTSET"
    case .enableDestructive: "D_ACT_DESTRUCTIVE"
    case .unsupported: "D_UNKNOWN"
    }
  }

  package var text: String {
    switch self {
    case .undefinedIdentifier(let name, _): "failed to resolve \(name): Unknown variable name"
    case .undefinedVariable(let name): "\(name) has not yet been declared or assigned"
    case .undefinedFunction(let name, _): "undefined function name: \(name)"
    case .notAFunction(let name): "'\(name)' may not be referenced as a function"
    case .functionAsVariable(let name): "function '\(name)' may not be referenced as a variable"
    case .noSuchProbe(let probe, _): "probe description \(probe) does not match any probes"
    case .noSuchProbeNumber(let id): "invalid probe identifier \(id): Unknown probe identifier"
    case .unknownType(let name): "no type is known by the name \(name)"
    case .incompatible(let left, let right, let operation):
      "operands have incompatible types: \"\(left)\" \(operation) \"\(right)\""
    case .needsInteger(let operation, let plural):
      "operator \(operation) requires \(plural ? "operands" : "an operand") of integral type"
    case .needsArithmetic(let operation, let plural):
      "operator \(operation) requires \(plural ? "operands" : "an operand") of arithmetic type"
    case .needsScalar(let operation, let plural):
      "operator \(operation) requires \(plural ? "operands" : "an operand") of scalar type"
    case .needsLvalue(let operation): "operator \(operation) requires modifiable lvalue as an operand"
    case .notWritable(let operation): "operator \(operation) can only be applied to a writable variable"
    case .needsPointer(let operation): "operator \(operation) must be applied to a pointer"
    case .notARecord(let operation, let type):
      "operator \(operation) cannot be applied to type \"\(type)\"; must be applied to a struct or union"
    case .noSuchMember(let member, let type): "\(member) is not a member of \(type)"
    case .dereferenceNonPointer: "cannot dereference non-pointer type"
    case .dereferenceVoid: "cannot dereference pointer to void"
    case .stringofType(let type): "cannot apply stringof to a value of type \(type)"
    case .badCast(let from, let to): "invalid cast expression: \"\(from)\" to \"\(to)\""
    case .unknownSize: "cannot apply sizeof to an operand of unknown size"
    case .addressOfVariable: "cannot take address of dynamic variable"
    case .addressOfValue: "unacceptable operand for unary & operator"
    case .addressOfBitField: "cannot take address of bit-field"
    case .divisionByZero: "expression contains division by zero"
    case .argumentCount(let name, let given, let wanted):
      "\(name)\(name.hasSuffix("[") ? " ]" : "( )") prototype mismatch: \(given) arg\(given == 1 ? "" : "s") passed, \(wanted) expected"
    case .argumentType(let name, let number, let given, let wanted):
      "\(name)( ) argument #\(number) is incompatible with prototype: prototype is \(wanted), argument is \(given)"
    case .aggregationNeedsFunction(let name): "@\(name) must be assigned the result of an aggregating function"
    case .aggregationRedefined(let name): "aggregation redefined: @\(name)"
    case .aggregationNull(let name): "expression has null effect: @\(name)"
    case .aggregationMisused(let name): "improper attempt to use the aggregation @\(name)"
    case .aggregationKeyMismatch(let name): "@\(name)[ ] key does not agree with its earlier use"
    case .aggregationKeyType(let name, let type): "@\(name)[ ] key cannot be of type \(type)"
    case .aggregationScalar(let name): "\(name)( ) argument #1 must be of scalar type"
    case .notAnAggregation(let action, _): "\(action)( ) argument is not an aggregation"
    case .emptyAggregation(let action, let name, _): "\(action)( ) refers to undefined aggregation @\(name)"
    case .arrayKeyMismatch(let name): "\(name)[ ] key does not agree with its earlier use"
    case .arrayMisused(let name): "array \(name) cannot be used without an index"
    case .localArray(let name): "cannot declare associative array this->\(name)"
    case .actionInExpression(let name): "\(name)( ) may not be called from a D expression (D program context required)"
    case .traceVoid: "trace( ) may not be applied to a void expression"
    case .traceDynamic: "trace( ) may not be applied to a dynamic expression"
    case .printfFormat(_, let text): text
    case .printfArgumentCount(let given, let wanted), .printfExtraArguments(let given, let wanted),
      .printfExtentMissing(let given, let wanted):
      "printf( ) prototype mismatch: \(given) conversion argument\(given == 1 ? "" : "s") passed, \(wanted) expected"
    case .printfExtentType(let number, let type):
      "printf( ) argument #\(number) is incompatible with conversion *: an integer is wanted, not a value of type \(type)"
    case .printfArgumentType(let conversion, let number, let type):
      "printf( ) argument #\(number) is incompatible with conversion \(conversion): argument is of type \(type)"
    case .predicateNotScalar: "predicate result must be of scalar type"
    case .argumentOfProbe(let index, let available):
      "index \(index) is out of range: the probe has \(available) typed argument\(available == 1 ? "" : "s")"
    case .argumentsDiffer: "args[ ] may not be referenced because the clause's probes have different arguments"
    case .argumentsIndex: "args[ ] must be indexed by an integer constant"
    case .redeclared(let name): "identifier redeclared: \(name)"
    case .prototypeType(let kind, let type, let name, let number):
      "\(kind) prototype may not use parameter of type \(type): \(name), parameter #\(number)"
    case .dependsOnLibrary: "main program may not explicitly depend on a library"
    case .missingDependency(let kind, let name): "program requires \(kind) \(name)"
    case .pragmaUnused(let name): "unused #pragma \(name)"
    case .pragmaScope(let name): "#pragma \(name) cannot modify entity defined outside program scope"
    case .belowMinimum(let what, let attributes):
      "attributes for \(what) (\(attributes.text)) are less than predefined minimum"
    case .noTranslator(let from, let to): "cannot translate from \"\(from)\" to \"\(to)\""
    case .translatorRedeclared(let from, let to): "translator from \(from) to \(to) has already been declared"
    case .translatorOutput: "translator output type must be a struct or union"
    case .translatorIncomplete(let type): "incomplete struct/union/enum \(type)"
    case .translatorMember(let member, let type): "translator member \(member) is not a member of \(type)"
    case .translatorIncompatible(let member, let wanted, let given):
      "translator member \(member) definition uses incompatible types: \"\(wanted)\" = \"\(given)\""
    case .noConversion(let member): "translator does not define conversion for member: \(member)"
    case .forwardDeclared(let operation, let type):
      "operator \(operation) cannot be applied to a forward declaration: no \(type) definition is available"
    case .badOption(let name, let value, let why):
      "failed to set option '\(name)'\(value.map { " to '\($0)'" } ?? ""): \(why)"
    case .rule(_, _, let text): text
    case .enableDestructive(let name): "\(name)( ) is a destructive action: it needs the option -w"
    case .unsupported(let what): what
    }
  }

  package var hint: String? {
    switch self {
    case .undefinedIdentifier(_, let nearest?), .undefinedFunction(_, let nearest?): "did you mean \(nearest)?"
    case .noSuchProbe(_, let hint): hint
    default: nil
    }
  }
}
