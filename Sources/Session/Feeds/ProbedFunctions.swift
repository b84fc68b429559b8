package import Events
import Files
import Symbols

/// The functions that uprobes are put into, out of the files that they are put into: a library may lie under any name.
struct ProbedFunctions {
  /// The last file: thousands of probes are made in one.
  private var last: (identity: FileIdentity, file: ObjectFile)?

  /// The function at the offset of a file, as the process sees it; empty when the file does not say.
  mutating func function(_ path: [UInt8], at offset: UInt64, of pid: UInt32) -> [UInt8] {
    let text = String(decoding: path, as: UTF8.self)
    let places =
      text.hasPrefix("/") ? ["/proc/\(pid)/root" + text, text] : ["/proc/\(pid)/cwd/" + text]
    for place in places {
      guard let identity = identity(of: place) else { continue }
      if last?.identity != identity {
        guard let reader = try? FileReader(place) else { continue }
        last = (identity, ObjectFile(name: text, reader))
      }
      return (last?.file.function(atOffset: offset)?.name).map { Array($0.utf8) } ?? []
    }
    return []
  }
}

/// The first probe that is defined in what was written to tracefs' uprobe_events: `p[:[GROUP/]EVENT] PATH:OFFSET[%return] [ARGUMENT…]`, or `r`
/// instead of `p` (Documentation/trace/uprobetracer.rst); nil when none is.
package func definedProbe(_ text: [UInt8]) -> AttachmentEvent? {
  for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count >= 2, let kind = words[0].first, kind == "p" || kind == "r",
      let colon = words[1].lastIndex(of: ":")
    else { continue }
    var attachment = AttachmentEvent(.probe)
    attachment.path = Array(words[1][..<colon].utf8)
    // Behind the offset may stand a reference counter in parentheses, and `%return`.
    let place = words[1][words[1].index(after: colon)...]
    let number = place.prefix { $0.isHexDigit || $0 == "x" }
    attachment.offset = (number.hasPrefix("0x") ? UInt64(number.dropFirst(2), radix: 16) : UInt64(number)) ?? 0
    attachment.isReturn = kind == "r" || place.hasSuffix("%return")
    return attachment
  }
  return nil
}
