import BPFCode
package import DSemantics
import DSyntax
import Foundation
import Glibc
import HostVM
import IR
import Probes
import Source

/// The compiler's whole way with any text, for both engines, up to the programs that would be loaded.
package struct CompilerTrial: Sendable {
  private let catalog: Catalog
  private let types: any KernelTypes

  package init(types: any KernelTypes) {
    self.types = types
    catalog = Catalog([
      dtraceProvider, profileProvider, syscallProvider(solaris: false), procProvider, socketProvider, mibProvider,
    ])
  }

  package struct Result: Sendable {
    /// Seconds of processor time.
    package var seconds: Double
    package var complaints: Int
    package var isProgram: Bool
  }

  /// Ends without a trap or is the compiler's bug; whatever is found wrong is drawn, too.
  package func run(_ bytes: [UInt8]) -> Result {
    let start = Self.processorTime
    let source = SourceText(bytes: bytes, name: "odd.d")
    var complaints = 0
    var isProgram = false
    for engine in [Engine.kernel, .host] {
      var found = Diagnostics()
      var macros = MacroValues(arguments: ["odd.d", "1"], defaultArguments: true)
      macros.allowsUnusedArguments = true
      let script = parse(source, macros: macros, reporting: &found)
      var compiled: Compiled?
      if !found.hasErrors {
        compiled = compile(
          script, catalog: catalog, types: types, options: Options(), engine: engine, reporting: &found)
      }
      complaints += found.all.count
      for diagnostic in found.all.prefix(100) { _ = diagnostic.rendered(in: source) }
      guard let program = compiled?.program else { continue }
      isProgram = true
      if engine == .kernel { _ = try? emit(program) } else { _ = try? Machine(program, seed: 1) }
    }
    return Result(seconds: Self.processorTime - start, complaints: complaints, isProgram: isProgram)
  }

  private static var processorTime: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The project's own programs, and those in the directories that `CULPRIT_FUZZ_CORPUS` names, separated by colons.
  package static func corpus(_ own: [String]) -> [[UInt8]] {
    var texts = own.map { Array($0.utf8) }
    let directories = ProcessInfo.processInfo.environment["CULPRIT_FUZZ_CORPUS"]?.split(separator: ":") ?? []
    for directory in directories {
      let root = URL(filePath: String(directory))
      guard let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) else { continue }
      for case let file as URL in files where file.pathExtension == "d" {
        if let data = try? Data(contentsOf: file), data.count < 20_000 { texts.append(Array(data)) }
      }
    }
    return texts
  }
}
