import DSyntax
import IR
import Source

/// D text that is part of D: the structures, translators and inlines that DTrace's libraries define (`libdtrace/*.d`). A library is read when
/// a script names something of it, and not before: most scripts need none.
package struct Library: Sendable {
  /// What may be asked for, as it is written: `psinfo_t`, `struct psinfo`, `curlwpsinfo`.
  package var defines: [String]
  package var text: String

  package static let all = [process, files, blockDevices, network, transport, processors, solaris]

  /// The library that defines a name, by its place in `all`.
  static let places: [String: Int] = {
    var places: [String: Int] = [:]
    for (place, library) in all.enumerated() {
      for name in library.defines { places[name] = place }
    }
    return places
  }()
}

extension Checker {
  /// Reads the library that defines the name, unless it was read before or the script has something of that name; whether it did.
  mutating func loadLibrary(defining name: String) -> Bool {
    guard let place = Library.places[name], !libraries.contains(place), names.scalar(name, .global) == nil,
      names.array(name, perThread: false) == nil, types.known(name) == nil
    else { return false }
    libraries.insert(place)
    var wrong = Diagnostics()
    let script = parse(
      SourceText(Library.all[place].text, name: "library"), macros: MacroValues(), reporting: &wrong)
    let outer = (parameters, borrowed, found)
    parameters = []
    borrowed = SourceRange.none
    for item in script.items {
      switch item {
      case .declaration(let declaration): check(declaration)
      case .inline(let inline): check(inline)
      case .translator(let translator): check(translator)
      case .clause, .provider, .pragma: break
      }
    }
    // What a library says and this kernel or this script does otherwise is told to who asks for it.
    (parameters, borrowed, found) = outer
    return true
  }

  /// The type of that name: the script's, a library's or the kernel's.
  mutating func findType(_ name: String) -> DType? {
    _ = loadLibrary(defining: name)
    return types.find(name)
  }
}
