import DSemantics
import Processes

extension TraceRequest {
  /// `-C`: the scripts as the C preprocessor leaves them.
  package mutating func preprocess() throws(TraceProblem) {
    guard options.preprocessor.isWanted else { return }
    for index in pieces.indices where pieces[index].isScript {
      let piece = pieces[index]
      let problem: String
      do throws(ChildProblem) {
        let made = try filter(
          withoutInterpreter(Array(piece.text.utf8)),
          through: options.preprocessor.command(narrowLongs: options.narrowLongs))
        if made.exitCode == 0 {
          pieces[index].text = String(decoding: made.output, as: UTF8.self)
          continue
        }
        problem =
          switch made.exitCode {
          case 126: "Failed to exec preprocessor"
          case 127: "Preprocessor not found"
          default: "Preprocessor failed to process input program"
          }
      } catch {
        problem = error.isMissing ? "Preprocessor not found" : "Failed to exec preprocessor"
      }
      throw .badProgram(["\(program): failed to compile script \(piece.label): \(problem)"])
    }
  }
}

/// The text without a first line that names its interpreter; the line itself stays, so that the numbers of the others do.
private func withoutInterpreter(_ text: [UInt8]) -> [UInt8] {
  guard text.starts(with: "#!".utf8) else { return text }
  return Array(text.drop { $0 != UInt8(ascii: "\n") })
}

extension Options.PreprocessorOptions {
  /// Its command line with the macros that DTrace defines (libdtrace `dt_open.c`); a version of D is `0xMMmmmuuu`.
  fileprivate func command(narrowLongs: Bool) -> [String] {
    [
      path, "-D__linux", "-D__unix", "-D__SVR4", "-D__SUNW_D=1", "-U__GNUC__",
      narrowLongs ? "-D__SUNW_D_32" : "-D__SUNW_D_64", "-D__Linux", "-D__amd64",
    ] + arguments + ["-D__SUNW_D_VERSION=0x02000000"] + (conformance.map { [$0] } ?? []) + ["/dev/stdin"]
  }
}
