package import Events
package import Files

/// Why nothing more can be written to a recording.
package enum RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A system call failed; the file is whole up to `kept` bytes, which end with a block.
  case system(FileError, kept: Int64)
  /// libpcap refuses files whose interfaces differ in link type, and this one cannot be converted to the file's.
  case linkType(interface: String, has: LinkType, file: LinkType)
  /// A packet of an interface that was not described.
  case unknownInterface(Int)
  /// More bytes than a block may have.
  case tooLong(Int)

  package var description: String {
    switch self {
    case .system(let error, let kept): "\(error); the \(kept) bytes written before are a whole recording"
    case .linkType(let interface, let has, let file):
      "\(interface) has link type \(has.number), and a recording of link type \(file.number) cannot hold it"
    case .unknownInterface(let index): "no interface \(index) was described"
    case .tooLong(let count): "\(count) bytes are too many for a block"
    }
  }
}
