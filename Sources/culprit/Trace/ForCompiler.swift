import Files
import Glibc
import Session

// `-h` and `-G`: what programs that mark their places for tracers are compiled and linked with.

extension TraceCommand {
  /// Writes the header, or an object for each of the scripts; the exit code.
  func writeForCompiler(_ flags: TraceFlags) -> Int32 {
    let flag = flags.mode == .link ? "-G" : isDTrace ? "-h" : "--header"
    let request = flags.request
    guard !request.pieces.isEmpty else {
      note("\(program): \(flag) requires one or more scripts or enabling options")
      return ExitStatus.usage
    }
    do {
      if flags.mode == .header {
        guard let path = flags.output ?? fileName(request.pieces, suffix: ".h") else {
          note("\(program): \(flag) requires an output file (-o) unless there is one script, whose name ends in .d")
          return ExitStatus.usage
        }
        return write(try providerHeader(request), to: path)
      }
      for (number, piece) in request.pieces.enumerated() {
        var one = request
        one.pieces = [piece]
        let path =
          request.pieces.count == 1 && flags.output != nil
          ? flags.output : fileName([piece], suffix: ".o") ?? (number == 0 ? "d.out" : "d.out.\(number)")
        let status = write(try providerObject(one), to: path ?? "d.out")
        if status != ExitStatus.complete { return status }
      }
      if request.pieces.count > 1, let path = flags.output { return write(try providerObject(request), to: path) }
      return ExitStatus.complete
    } catch {
      return complain(error, as: program)
    }
  }

  /// The one script's name in the current directory, with another ending than `.d`.
  private func fileName(_ pieces: [TraceRequest.Piece], suffix: String) -> String? {
    guard pieces.count == 1, pieces[0].isScript, pieces[0].label.hasSuffix(".d"),
      let name = pieces[0].label.split(separator: "/").last
    else { return nil }
    return name.dropLast(2) + suffix
  }

  private func write(_ bytes: [UInt8], to path: String) -> Int32 {
    do {
      let file = try openAnew(path)
      defer { close(file) }
      if Files.write(RawSpan(_elements: bytes.span), to: file) { return ExitStatus.complete }
      note("\(program): failed to write \(path)")
    } catch {
      note("\(program): failed to open output file '\(path)': \(error.reason)")
    }
    return isDTrace ? 1 : ExitStatus.usage
  }
}
