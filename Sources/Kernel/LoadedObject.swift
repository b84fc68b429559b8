package import BPFCode
package import BTF

/// An `ObjectSpec` in the kernel: its maps made and filled, its programs verified and, when asked, attached. Everything
/// goes when this does, but for the maps and programs that somebody else holds by then.
package struct LoadedObject: ~Copyable {
  /// In the order of the spec.
  package let maps: [Map]
  /// In the order of the spec.
  package let programs: [Program]
  private var attachments: [AttachmentBox] = []

  /// - Parameter types: the kernel's types; needed for tracepoints and iterators only.
  package init(loading spec: ObjectSpec, types: TypeGraph?, log: VerifierLog = VerifierLog()) throws(KernelError) {
    var maps: [Map] = []
    for map in spec.maps { maps.append(try Map(map)) }
    var programs: [Program] = []
    for program in spec.programs { programs.append(try Program(program, maps: maps, types: types, log: log)) }
    for map in maps where map.spec.kind == .programArray {
      for entry in map.spec.contents { try map.put(Self.program(of: entry, among: programs), at: entry.key) }
    }
    self.maps = maps
    self.programs = programs
  }

  /// A program array's contents are places in the spec's list of programs, as four bytes.
  private static func program(of entry: MapSpec.Entry, among programs: [Program]) throws(KernelError) -> Program {
    let place = entry.value.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard programs.indices.contains(place) else { throw .badSpec("a program array names program \(place)") }
    return programs[place]
  }

  /// The first map of this name.
  package func map(named name: String) -> Map? { maps.first { $0.spec.name == name } }

  /// The first program of this name.
  package func program(named name: String) -> Program? { programs.first { $0.name == name } }

  /// Attaches every program that hangs on an event. What was attached before a failure stays so until this goes.
  package mutating func attach() throws(KernelError) {
    // Processes' code first: what a clause at another probe sets going in a process is seen from its beginning.
    let attached = programs.filter { !$0.isContinuation }
    for program in attached.filter(\.isInCode) + attached.filter({ !$0.isInCode }) {
      switch program.attachment {
      case .tracepoint, .cpuClock, .counter, .userCode, .traceEvent:
        attachments.append(AttachmentBox(try Attachment(program)))
      case .called, .iterator: break
      }
    }
  }

  /// Places of processes' code that the programs were not attached to, since the kernel refuses a probe there.
  package var refusedPlaces: [CodePlace] { attachments.flatMap(\.refused) }

  /// Detaches every program: no firing begins after this returns. Maps keep what they hold.
  package mutating func detach() { attachments.removeAll() }
}

private final class AttachmentBox: Sendable {
  private let attachment: Attachment
  init(_ attachment: consuming Attachment) { self.attachment = attachment }

  var refused: [CodePlace] { attachment.refused }
}

extension Program {
  fileprivate var isInCode: Bool { if case .userCode = attachment { true } else { false } }
}
