import DSemantics
import DSyntax
import Files
import Source

/// The D libraries of `-L` and `-x libdir`: every `*.d` of the directories, each after those that it says it depends on.
struct LibraryFiles {
  /// The files in the order that they are read in.
  private(set) var files: [(path: String, text: String)] = []

  /// More than a directory of libraries holds; what is left over is told.
  private static let limit = 4096

  /// What is wrong with the files as a whole: one line.
  struct Problem: Error { var text: String }

  init(_ options: Options) throws(Problem) {
    guard !options.noLibraries, !options.libraryDirectories.isEmpty else { return }
    var found: [(path: String, text: String)] = []
    for directory in options.libraryDirectories {
      for name in listDirectory(directory).sorted() where name.hasSuffix(".d") {
        guard found.count < Self.limit else { throw Problem(text: "more than \(Self.limit) libraries in \(directory)") }
        let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
        if let bytes = try? readFile(path, limit: 1 << 20) {
          found.append((path, String(decoding: bytes, as: UTF8.self)))
        }
      }
    }
    var states: [String: Bool] = [:]
    for file in found { try add(file, among: found, &states) }
  }

  /// Adds a file behind those it depends on. `states` has true for a file that is in place, false for one whose own are being added.
  private mutating func add(
    _ file: (path: String, text: String), among all: [(path: String, text: String)], _ states: inout [String: Bool]
  ) throws(Problem) {
    if let isInPlace = states[file.path] {
      if isInPlace { return }
      throw Problem(text: "the library \(file.path) depends on itself")
    }
    states[file.path] = false
    for name in dependencies(of: file.text) {
      guard let other = all.first(where: { $0.path.hasSuffix("/" + name) }) else {
        throw Problem(text: "the library \(file.path) depends on \(name), which is not there")
      }
      try add(other, among: all, &states)
    }
    states[file.path] = true
    files.append(file)
  }

  /// The names after `#pragma D depends_on library`.
  private func dependencies(of text: String) -> [String] {
    var found = Diagnostics()
    var kind = ProgramKind()
    kind.mayBeEmpty = true
    let script = parse(SourceText(text, name: "library"), macros: MacroValues(), as: kind, reporting: &found)
    return script.items.compactMap(\.neededLibrary)
  }
}

extension Script.Item {
  /// The name after `#pragma D depends_on library`: nil for everything else.
  var neededLibrary: String? {
    guard case .pragma(let pragma) = self, pragma.words.count >= 4 else { return nil }
    return pragma.words[..<3] == ["D", "depends_on", "library"] ? pragma.words[3...].joined() : nil
  }
}
