import Bytes
package import Files

/// A program or a shared object: where its parts are mapped from, and its functions.
package struct ObjectFile: Sendable {
  /// Base name, as dtrace prints it.
  package let name: String
  /// Empty when the file has none.
  package let buildID: [UInt8]
  /// Why there are no functions, when the file could not be read.
  package let problem: ELFProblem?
  private let headers: ELFHeaders
  private let functions: SymbolTable

  /// How many functions the file names.
  package var functionCount: Int { functions.count }
  /// Bytes of memory, roughly.
  var weight: Int { functions.weight + 4096 }

  /// An open file. Where it was stripped of its .symtab, the one that distributions keep in /usr/lib/debug by build id is read.
  package init(name: String, _ file: borrowing FileReader) {
    if file.isRegular {
      self.init(name: name, source: file)
    } else {
      self.init(name: name, problem: .notELF)
    }
  }

  /// An image in memory.
  package init(name: String, image: [UInt8]) { self.init(name: name, source: MemoryImage(image: image)) }

  /// An object of which only the name is known.
  package init(name: String, problem: ELFProblem) {
    self.init(name: name, problem: problem, buildID: [], headers: ELFHeaders(), functions: SymbolTable())
  }

  private init(name: String, source: borrowing some ELFSource & ~Copyable) {
    do {
      let headers = try ELFHeaders(source)
      let buildID = headers.buildID(source)
      let functions = (headers.isStripped ? Self.debugFile(buildID) : nil) ?? headers.functions(source)
      self.init(name: name, problem: nil, buildID: buildID, headers: headers, functions: functions)
    } catch {
      self.init(name: name, problem: error)
    }
  }

  private init(name: String, problem: ELFProblem?, buildID: [UInt8], headers: ELFHeaders, functions: SymbolTable) {
    self.name = name
    self.problem = problem
    self.buildID = buildID
    self.headers = headers
    self.functions = functions
  }

  /// The functions of a debug file by build id: /usr/lib/debug/.build-id/ab/cdef….debug.
  private static func debugFile(_ buildID: [UInt8]) -> SymbolTable? {
    guard buildID.count > 1 else { return nil }
    let digits = buildID.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let path = "/usr/lib/debug/.build-id/\(digits[0])/\(digits.dropFirst().joined()).debug"
    do {
      let file = try FileReader(path)
      guard file.isRegular else { return nil }
      let headers: ELFHeaders
      do { headers = try ELFHeaders(file) } catch { return nil }
      guard !headers.isStripped, headers.buildID(file) == buildID else { return nil }
      return headers.functions(file)
    } catch {
      return nil
    }
  }

  /// The function that holds the byte at `offset` of the file, and how far into the function that is.
  package func function(atOffset offset: UInt64) -> (name: String, offset: UInt64)? {
    headers.address(ofOffset: offset).flatMap { functions.find($0) }
  }
}

extension ELFHeaders {
  /// Whether there is no .symtab.
  var isStripped: Bool { !sections.contains { $0.type == 2 } }
}
