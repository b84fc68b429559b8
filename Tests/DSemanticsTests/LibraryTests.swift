import DSemantics
import DSyntax
import Source
import Testing

/// D's own libraries are read when somebody names what they define, so each must list that.
@Suite struct LibraryTests {
  @Test(arguments: Library.all.indices)
  func `a library lists the names that its text defines, and no others`(_ index: Int) {
    let library = Library.all[index]
    var wrong = Diagnostics()
    let script = parse(SourceText(library.text, name: "library"), macros: MacroValues(), reporting: &wrong)
    #expect(!wrong.hasErrors)
    let defined = Set(script.items.flatMap(\.definedNames))
    #expect(Set(library.defines).subtracting(defined).sorted() == [])
    // What begins with two underscores may be the library's own business.
    #expect(defined.subtracting(library.defines).filter { !$0.hasPrefix("__") }.sorted() == [])
  }
}

extension Script.Item {
  fileprivate var definedNames: [String] {
    switch self {
    case .declaration(let declaration): declaration.declarators.compactMap(\.name) + declaration.specifiers.definedTags
    case .inline(let inline): inline.declaration.name.map { [$0] } ?? []
    case .translator, .clause, .provider, .pragma: []
    }
  }
}

extension TypeSpecifiers {
  fileprivate var definedTags: [String] {
    switch base {
    case .record(.structure, let tag?, _?): ["struct " + tag]
    case .record(.union, let tag?, _?): ["union " + tag]
    case .enumeration(let tag?, _?): ["enum " + tag]
    default: []
    }
  }
}
