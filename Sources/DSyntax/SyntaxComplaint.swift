import Source

/// What the lexer and the parser can complain about, one case each; the tag is the one DTrace has for it.
package enum SyntaxComplaint: Complaint, Equatable {
  // MARK: Characters and constants
  case strayCharacters(String)
  case unclosedComment(line: Int)
  case commentInComment
  case newlineInString
  case unclosedString
  case newlineInCharacter
  case unclosedCharacter
  case emptyCharacter
  case characterTooLong(bytes: Int)
  case floatingConstant(String)
  case integerTooLarge(String)
  case integerDigit(String, digit: String)
  case integerSuffix(String)

  // MARK: Macros
  case macroUndefined(String)
  /// The description, and the macro in it.
  case macroUndefinedInProbe(String, in: String)
  case macroTooLarge(String, value: String)
  case macroUnused(argument: String, number: Int)

  // MARK: Control lines
  case controlLineEnd
  case controlLineInvalid(String)
  case errorDirective(String)
  case pragmaInvalid(String)
  case pragmaMalformed(String, usage: String)
  case pragmaValue(String, of: String)

  // MARK: The shape of a program
  case emptyProgram
  /// `found` is what stands there, quoted or described.
  case unexpected(found: String, expected: String)
  case unclosed(String)
  case extra(String)
  case tooDeep(limit: Int)
  case probeParts(String)
  case probeNumber(UInt64)
  case probeNumberUnknown(UInt64)
  case probeNumberNotPermitted(UInt64, specifying: String)
  case probeWithoutActions
  case predicateWithoutActions
  case blockInClause
  case elseWithoutIf

  // MARK: Expressions
  case reservedWord(String)
  case typeInExpression(String)
  case adjacentStrings
  case notAssignable
  case calleeNotNamed

  // MARK: Declarations
  case declarationInClause
  case initializedDeclaration
  case functionDefinition
  case twoStorageClasses(String, String)
  case parameterStorage(String)
  case twoTypes
  case longWithType
  case signWithType
  case ellipsisInTuple
  case moduleInDeclaredName(String)
  case typeDefinedInTranslator
}
