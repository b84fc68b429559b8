/// What is wrong with a packet, with the evidence: a fact that rules can count, not a failure of the dissection.
/// The layers before it were read, and so was everything after it that does not depend on it.
@frozen @usableFromInline
package enum Oddity: Error, Sendable, Hashable, BitwiseCopyable {
  /// The packet ends, by its own lengths or its length on the wire, before the header does. Counts are bytes from the header's start.
  case truncated(Layer, needed: UInt32, available: UInt32)
  /// The capture kept fewer bytes than the wire carried, and the header is not whole in what was kept. The packet may be sound.
  case cutOff(Layer, needed: UInt32, available: UInt32)
  /// A field contradicts its standard or the bytes around it.
  case inconsistent(Layer, Field, value: UInt32)
  /// More headers than the dissection follows (`Dissector.headerLimit`); the layer is the one where it stopped.
  case tooDeep(Layer)
  /// The dissection does not read this LINKTYPE.
  case unknownLink(UInt32)

  /// The field that contradicts.
  @frozen @usableFromInline
  package enum Field: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case version, headerLength, totalLength, payloadLength, length, optionLength, addressLength, fragmentOffset, family
  }

  /// The oddity's name, as rules and counters spell it: `truncated-tcp`, `inconsistent-ipv4-headerLength`.
  package var name: String {
    switch self {
    case .truncated(let layer, _, _): "truncated-\(layer)"
    case .cutOff(let layer, _, _): "cutOff-\(layer)"
    case .inconsistent(let layer, let field, _): "inconsistent-\(layer)-\(field)"
    case .tooDeep(let layer): "tooDeep-\(layer)"
    case .unknownLink: "unknownLink"
    }
  }

  /// True when the packet itself is at fault, false when only the capture or the dissection is.
  package var isMalformed: Bool {
    switch self {
    case .truncated, .inconsistent, .tooDeep: true
    case .cutOff, .unknownLink: false
    }
  }

  /// `truncated` from the counts as Swift has them.
  @inlinable static func truncated(_ layer: Layer, needed: Int, available: Int) -> Oddity {
    .truncated(layer, needed: UInt32(clamping: needed), available: UInt32(clamping: available))
  }
}

extension Oddity: CustomStringConvertible {
  @usableFromInline package var description: String {
    switch self {
    case .truncated(let layer, let needed, let available):
      "\(layer): the packet ends after \(available) of \(needed) bytes"
    case .cutOff(let layer, let needed, let available):
      "\(layer): the capture kept \(available) of \(needed) bytes"
    case .inconsistent(let layer, let field, let value):
      "\(layer): \(field) \(value) contradicts the rest"
    case .tooDeep(let layer):
      "\(layer): too many headers"
    case .unknownLink(let number):
      "link type \(number) is not read"
    }
  }
}
