import ArgumentParser
import Recording
import Session

/// How large a recording may become, and how much of each packet it keeps; letters mean what they mean to tcpdump 4.99.
struct RecordLimits: ParsableArguments {
  @Option(
    name: .customShort("C"),
    help: "Go on in another file when this one is larger: in millions of bytes, or with k, m or g in powers of 1,024.")
  var size: String?

  @Option(name: .customShort("G"), help: "Go on in another file every so many seconds; the name may have strftime's %.")
  var seconds: Int64?

  @Option(
    name: .customShort("W"),
    help: "With -C a ring of so many files, with -G alone the number of files after which it ends.")
  var count: Int?

  @Option(name: [.customShort("s"), .customLong("snapshot-length")], help: "Keep so many bytes of a packet (0: all).")
  var most: Int?

  @Option(help: "What to keep of packets: full, headers, or none (no byte, but when, how long and whose).")
  var payload = PacketCut.Payload.full

  @Option(
    help:
      "End when less is free on the file system, sized as for -C (256m, or a twentieth of a small one, if not given).")
  var minFree: String?

  func validate() throws {
    if let size, (byteCount(size) ?? 0) <= 0 {
      throw ValidationError("-C: '\(size)' is not a size such as 100 or 512k")
    }
    if let seconds, seconds <= 0 { throw ValidationError("-G: \(seconds) is not a number of seconds") }
    if let count {
      if count <= 0 { throw ValidationError("-W: \(count) is not a number of files") }
      if size == nil, seconds == nil { throw ValidationError("-W counts the files of -C or -G, and neither is given") }
    }
    if let most, most < 0 { throw ValidationError("-s: \(most) is not a number of bytes") }
    if let minFree, byteCount(minFree) == nil {
      throw ValidationError("--min-free: '\(minFree)' is not a size such as 100 or 512k")
    }
  }

  var rotation: Rotation { Rotation(size: size.flatMap(byteCount), seconds: seconds, count: count) }

  var cut: PacketCut {
    var cut = PacketCut()
    cut.payload = payload
    cut.most = most == 0 ? nil : most
    return cut
  }

  var leastFree: Int64? { minFree.flatMap(byteCount) }
}

/// Bytes of `3` (millions), `3k`, `3m`, `3g`; nil for anything else.
func byteCount(_ text: String) -> Int64? {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  guard let number = Int64(digits) else { return nil }
  let unit: Int64
  switch text.dropFirst(digits.count) {
  case "": unit = 1_000_000
  case "k", "K": unit = 1 << 10
  case "m", "M": unit = 1 << 20
  case "g", "G": unit = 1 << 30
  default: return nil
  }
  let (product, overflow) = number.multipliedReportingOverflow(by: unit)
  return overflow ? nil : product
}

extension PacketCut.Payload: ExpressibleByArgument {}
