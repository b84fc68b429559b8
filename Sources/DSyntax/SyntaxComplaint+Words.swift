extension SyntaxComplaint {
  /// libdtrace `dt_errtags.h`, as `dt_lex.l`, `dt_grammar.y`, `dt_pragma.c` and `dt_decl.c` use them.
  package var tag: String {
    switch self {
    case .newlineInString: "D_STR_NL"
    case .newlineInCharacter: "D_CHR_NL"
    case .emptyCharacter: "D_CHR_NULL"
    case .characterTooLong: "D_CHR_OFLOW"
    case .integerTooLarge: "D_INT_OFLOW"
    case .integerDigit: "D_INT_DIGIT"
    case .macroUndefined: "D_MACRO_UNDEF"
    case .macroTooLarge: "D_MACRO_OFLOW"
    case .macroUnused: "D_MACRO_UNUSED"
    case .controlLineInvalid: "D_PRAGCTL_INVAL"
    case .errorDirective: "D_PRAGERR"
    case .pragmaInvalid, .pragmaValue: "D_PRAGMA_INVAL"
    case .pragmaMalformed: "D_PRAGMA_MALFORM"
    case .emptyProgram: "D_EMPTY"
    case .probeParts, .probeNumber, .probeNumberUnknown, .probeNumberNotPermitted, .macroUndefinedInProbe:
      "D_PDESC_INVAL"
    case .calleeNotNamed: "D_FUNC_IDENT"
    case .twoStorageClasses: "D_DECL_CLASS"
    case .parameterStorage: "D_DECL_PARMCLASS"
    case .twoTypes: "D_DECL_COMBO"
    case .longWithType: "D_DECL_LONGINT"
    case .signWithType: "D_DECL_SIGNINT"
    case .ellipsisInTuple: "D_DECL_PROTO_VARARGS"
    case .moduleInDeclaredName: "D_DECL_SCOPE"
    case .typeDefinedInTranslator: "D_DECL_TYPERED"
    default: "D_SYNTAX"
    }
  }

  package var text: String {
    switch self {
    case .strayCharacters(let text): "\(text) means nothing here"
    case .unclosedComment: "end-of-file encountered before matching */"
    case .commentInComment: "/* inside a comment"
    case .newlineInString: "newline in a string constant"
    case .unclosedString: "the string that begins here is never closed"
    case .newlineInCharacter: "newline in a character constant"
    case .unclosedCharacter: "the character constant that begins here is never closed"
    case .emptyCharacter: "empty character constant"
    case .characterTooLong(let bytes): "a character constant holds at most 8 bytes, this one has \(bytes)"
    case .floatingConstant(let text): "floating-point constants are not permitted: \(text)"
    case .integerTooLarge(let text): "the constant \(text) does not fit in 64 bits"
    case .integerDigit(let text, let digit): "the constant \(text) contains the invalid digit \(digit)"
    case .integerSuffix(let text): "\(text) is neither a number nor a name"

    case .macroUndefined(let name) where name.drop(while: { $0 == "$" }).allSatisfy(\.isNumber):
      "macro argument \(name) is not defined"
    case .macroUndefined(let name): "macro variable \(name) is not defined"
    case .macroUndefinedInProbe(_, let probe):
      "invalid probe description \"\(probe)\": Undefined macro variable in probe description"
    case .macroTooLarge(let name, let value): "macro argument \(name) constant \(value) results in integer overflow"
    case .macroUnused(let argument, let number): "extraneous argument '\(argument)' ($\(number) is not referenced)"

    case .controlLineEnd: "end-of-file encountered before end of control line"
    case .controlLineInvalid(let name): "invalid control directive: #\(name)"
    case .errorDirective(let text): "#error: \(text)"
    case .pragmaInvalid(let name): "invalid D pragma: \(name)"
    case .pragmaMalformed(let name, let usage): "malformed #\(name): it takes \(usage)"
    case .pragmaValue(let value, let name): "'\(value)' is not something #pragma D \(name) knows"

    case .emptyProgram: "empty D program translation unit"
    case .unexpected(let found, let expected): "expected \(expected), found \(found)"
    case .unclosed(let sign): "this \(sign) is never closed"
    case .extra(let sign): "extra \(sign)"
    case .tooDeep(let limit): "nested more than \(limit) levels deep"
    case .probeParts(let text): "invalid probe description \"\(text)\": Overspecified probe description"
    case .probeNumber(let number): "identifier \(number) exceeds maximum probe id"
    case .probeNumberUnknown(let number): "invalid probe identifier \(number): Unknown probe identifier"
    case .probeNumberNotPermitted(let number, let what):
      "probe identifier \(number) not permitted when specifying \(what)"
    case .probeWithoutActions: "expected predicate and/or actions following probe description"
    case .predicateWithoutActions: "expected actions { } following probe description and predicate"
    case .blockInClause: "braces inside a clause belong to if or else"
    case .elseWithoutIf: "else without an if before it"

    case .reservedWord(let word): "\(word) is a reserved word without a use in D"
    case .typeInExpression(let word): "expected an expression, found the type \(word)"
    case .adjacentStrings: "two strings stand side by side; D does not join them"
    case .notAssignable: "only a variable or a place in memory can be assigned to"
    case .calleeNotNamed: "only a function's name can be called"

    case .declarationInClause: "declarations are not allowed inside a clause"
    case .initializedDeclaration: "a declaration does not give a value"
    case .functionDefinition: "D has no function definitions"
    case .twoStorageClasses(let one, let other): "one storage class is allowed, not both \(one) and \(other)"
    case .parameterStorage(let word): "a parameter cannot be \(word)"
    case .twoTypes: "two types in one declaration"
    case .longWithType: "long goes with integer and floating-point types only"
    case .signWithType: "signed and unsigned go with integer types only"
    case .ellipsisInTuple: "the keys of an array cannot be a variable list"
    case .moduleInDeclaredName(let name): "a declared name cannot belong to a module: \(name)"
    case .typeDefinedInTranslator: "a type cannot be defined in a translator's head"
    }
  }

  package var hint: String? {
    switch self {
    case .unclosedComment(let line): "the comment begins in line \(line)"
    case .commentInComment: "comments do not nest; is an earlier comment not closed?"
    case .floatingConstant: "use an integer in a smaller unit, such as nanoseconds"
    case .integerDigit(let text, _) where text.first == "0": "a constant that begins with 0 is octal"
    case .macroUndefined: "-x defaultargs gives 0 or \"\" for what is missing"
    case .controlLineInvalid: "-C runs the C preprocessor over the program first"
    case .reservedWord: "D has no loops and no jumps; a predicate or if decides what runs"
    case .adjacentStrings: "strjoin() joins two strings"
    case .declarationInClause:
      "declare it before the clause, or assign to it: D declares a variable when it is assigned"
    case .initializedDeclaration: "assign to it in a BEGIN clause"
    case .functionDefinition: "inline gives an expression a name and parameters"
    case .twoTypes: "is a ; missing after a }?"
    case .typeDefinedInTranslator: "the input stands between < and >: translator T < S *p > { … };"
    default: nil
    }
  }
}
