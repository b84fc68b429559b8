/// Why a history's file cannot be used; such a file is left as it is.
package enum HistoryProblem: Error, Sendable, Equatable {
  /// It is something else.
  case foreign(path: String)
  /// A later version of this program made it.
  case later(path: String)
  case damaged(path: String, words: String)
  /// It is to be read, and there is none.
  case missing(path: String)
  /// Another process writes to it.
  case inUse(path: String)
  /// It cannot be opened, made, read or written.
  case unusable(path: String, words: String)

  /// Whether the file has something that must not be overwritten or overlooked.
  package var isOfContents: Bool {
    switch self {
    case .foreign, .later, .damaged: true
    case .missing, .inUse, .unusable: false
    }
  }
}

extension HistoryProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .foreign(let path): "\(path) is no history of culprit's; it is left as it is"
    case .later(let path): "\(path) is the history of a later version of culprit; it is left as it is"
    case .damaged(let path, let words): "the history \(path) is damaged: \(words); it is left as it is"
    case .missing(let path): "there is no history \(path)"
    case .inUse(let path): "the history \(path) is in use by another process"
    case .unusable(let path, let words): "the history \(path) cannot be used: \(words)"
    }
  }
}
