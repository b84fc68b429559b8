import Answers
import Bytes
import Correlation
import DSemantics
import Dissection
import Events
import Recording

/// A D expression that packets are chosen by: what may stand between the slashes of a clause on `packet:::` (docs/packets.md).
struct PacketPredicate {
  private var program: HostProgram
  private var sink = Sink()
  /// Interfaces that the program knows.
  private var interfaces = 0

  /// Compiles the expression.
  init(_ expression: String) throws(TraceProblem) {
    var request = TraceRequest()
    let text = "packet::: /\(expression)/ { trace(1); }"
    request.pieces = [TraceRequest.Piece(isScript: false, label: "--where", text: text)]
    let compilation = try Compilation(
      request, catalog: { hostCatalog(options: $0, interfaces: [""]) }, types: NoKernelTypes(), engine: .host,
      target: nil)
    guard compilation.script.clauses.count == 1 else { throw .input("--where takes one expression: \(expression)") }
    program = try HostProgram(compilation.compiled, frames: FrameNames())
  }

  /// An interface whose packets may come.
  mutating func add(_ interface: String, at index: Int) {
    program.add(interface, at: index)
    interfaces = max(interfaces, index + 1)
  }

  /// Whether the expression holds for the packet; not when it cannot be evaluated.
  mutating func admits(_ packet: Timeline.Packet, _ owner: Owner, _ bytes: RawSpan) -> Bool {
    // A pcap file's only interface has no name.
    while interfaces <= packet.info.interface, interfaces < Self.mostInterfaces { add("", at: interfaces) }
    sink.hasRecord = false
    program.take(.packet(packet, owner), bytes, into: &sink)
    return sink.hasRecord
  }

  private static let mostInterfaces = 1 << 16

  /// A record says that the predicate held. One that says that it could not be evaluated does not.
  private struct Sink: RecordSink {
    var hasRecord = false

    mutating func take(_ record: RawSpan, _ aggregations: inout some AggregationSource) {
      hasRecord = record.byteCount >= 2 && record.littleEndian(UInt16.self, at: 0) == 0
    }
    mutating func conclude(
      _ speculations: [(ticket: UInt64, commits: Bool)], _ aggregations: inout some AggregationSource
    ) {}
  }
}
