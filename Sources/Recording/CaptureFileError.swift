package import Files

/// Why a capture file could not be read on. Everything before the damage has been delivered by then.
/// Offsets count bytes from the beginning of the file, after decompression.
package enum CaptureFileError: Error, Sendable, Equatable {
  /// The first bytes are no capture's.
  case notACapture(path: String, firstBytes: [UInt8])
  /// A capture or a compression that is known and not read: `snoop`, `zstd` …
  case unsupported(path: String, format: String)
  /// The file ends inside `part`.
  case truncated(Part, offset: Int64, needed: Int, available: Int)
  /// A length that no sound file has.
  case tooLong(Part, offset: Int64, length: UInt64, limit: UInt64)
  /// A field contradicts its surroundings.
  case inconsistent(Part, offset: Int64, field: String, value: UInt64)
  /// A packet of an interface that has not been described.
  case unknownInterface(offset: Int64, interface: UInt32, known: Int)
  /// The compressed stream is damaged; the offset is that of the last good byte that came out of it.
  case compression(offset: Int64, GzipError)
  case system(FileError)

  /// What was being read.
  package enum Part: Sendable, Equatable, CustomStringConvertible {
    case fileHeader, packetRecord
    /// A pcapng block, by its type.
    case block(UInt32)

    package var description: String {
      switch self {
      case .fileHeader: "the file header"
      case .packetRecord: "a packet record"
      case .block(let type): "a \(blockName(type)) block"
      }
    }
  }
}

extension CaptureFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notACapture(let path, let bytes):
      "\(path): not a pcap or pcapng file (it begins \(bytes.map(hexadecimal).joined(separator: " ")))"
    case .unsupported(let path, let format): "\(path): \(format) files are not read"
    case .truncated(let part, let offset, let needed, let available):
      "cut off in \(part) at byte \(offset): \(needed) bytes needed, \(available) there"
    case .tooLong(let part, let offset, let length, let limit):
      "damaged: \(part) at byte \(offset) claims \(length) bytes, more than the \(limit) that are allowed"
    case .inconsistent(let part, let offset, let field, let value):
      "damaged: \(part) at byte \(offset) has \(field) \(value)"
    case .unknownInterface(let offset, let interface, let known):
      "damaged: the packet at byte \(offset) is of interface \(interface), and \(known) are described"
    case .compression(let offset, let error): "damaged: the compressed data after byte \(offset): \(error)"
    case .system(let error): error.description
    }
  }
}

/// Two hexadecimal digits.
func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
