package import Files

/// Why a gzip stream could not be read on (RFC 1951 and RFC 1952).
package enum GzipError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file ends inside the stream.
  case truncated
  /// The member's header is none, or its method is not deflate.
  case header
  /// A block of the reserved type, or a stored block whose lengths disagree.
  case block
  /// A set of code lengths that is no prefix code, or bits that are no code.
  case code
  /// A copy from before the beginning.
  case distance(Int)
  case checksum(expected: UInt32, found: UInt32)
  case length(expected: UInt32, found: UInt32)
  case system(FileError)

  package var description: String {
    switch self {
    case .truncated: "the gzip stream is cut off"
    case .header: "not a gzip header"
    case .block: "a deflate block of no known kind"
    case .code: "bits that are no Huffman code"
    case .distance(let distance): "a copy from \(distance) bytes before, beyond the beginning"
    case .checksum(let expected, let found): "checksum \(expected) expected, \(found) found"
    case .length(let expected, let found): "\(expected) bytes expected, \(found) found"
    case .system(let error): error.description
    }
  }
}
