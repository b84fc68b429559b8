// Events as bytes, lossless: what `CULPRIT_RAW=` carries in base64.
//
//     batch    version u8 (1), then events to the end
//     event    length, then that many bytes: kind u8, time, cpu, actor, and what the kind says
//     time     nanoseconds since the event before it in the batch, or since 1970 for the first; signed
//     actor    0 and the actor itself, which takes the next number; or the number of one given before in the batch,
//              from 1
//     numbers  LEB128: seven bits a byte, the lowest first; signed ones zigzag (0, -1, 1, -2 …)
//     bytes    their count, then they
//
// A reader skips kinds that it does not know: the length says how far. What a kind was given later stands at its end, and a
// reader that meets an event without it takes the fields' defaults.

/// Why bytes are no events.
package enum EventCodecError: Error, Sendable, Equatable {
  /// The bytes end inside a value.
  case truncated
  case version(UInt8)
  case kind(UInt8)
  /// A value that the field cannot have.
  case value(field: String, UInt64)
}

enum EventKind {
  static let version: UInt8 = 1
  static let process: UInt8 = 1
  static let socket: UInt8 = 2
  static let file: UInt8 = 3
  static let call: UInt8 = 4
  static let stack: UInt8 = 5
  static let loss: UInt8 = 6
  static let state: UInt8 = 7
  static let descriptors: UInt8 = 8
  static let container: UInt8 = 9
  static let attachment: UInt8 = 10
  static let resolvers: UInt8 = 11

  static let processCreate: UInt8 = 1
  static let processExec: UInt8 = 2
  static let processExit: UInt8 = 3
  static let processFound: UInt8 = 4

  /// The most arguments or frames of an event; what is beyond is not written.
  static let mostValues = 1 << 16

  /// An address that is neither none, IPv4 nor IPv6 as the initializers make them: version, high and low follow.
  static let otherAddress: UInt8 = 255
}
