package import Events

/// Why packets cannot be captured, each with the interface and the words of libpcap or the kernel.
package enum CaptureError: Error, Sendable, Equatable {
  /// CAP_NET_RAW is missing (in the namespace's user namespace), or CAP_SYS_ADMIN to enter another namespace.
  case permission(interface: String, words: String)
  case noSuchInterface(String, words: String)
  /// The interface is there and not up.
  case notUp(String, words: String)
  /// The network namespace's file cannot be opened or entered.
  case namespace(String, words: String)
  /// The thread could not return to its own network namespace: end the program, as its sockets would be made in the
  /// wrong place.
  case notReturned(namespace: String, words: String)
  /// The filter's text is not libpcap's language, or says nothing of this link type.
  case filter(String, linkType: LinkType, words: String)
  /// An option was refused, or the interface could not be opened for another reason.
  case open(interface: String, words: String)
  /// Reading failed; the interface may have gone.
  case read(interface: String, words: String)
  case interfaces(words: String)
}

extension CaptureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .permission(let interface, let words): "\(interface): no permission to capture: \(words)"
    case .noSuchInterface(let interface, let words): "\(interface): no such interface: \(words)"
    case .notUp(let interface, let words): "\(interface): not up: \(words)"
    case .namespace(let path, let words): "network namespace \(path): \(words)"
    case .notReturned(let path, let words): "back from network namespace \(path): \(words)"
    case .filter(let text, let linkType, let words): "filter '\(text)' on link type \(linkType.number): \(words)"
    case .open(let interface, let words): "\(interface): \(words)"
    case .read(let interface, let words): "\(interface): \(words)"
    case .interfaces(let words): "the interfaces cannot be listed: \(words)"
    }
  }
}
