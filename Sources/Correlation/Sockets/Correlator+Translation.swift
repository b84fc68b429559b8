import Dissection
import Events

extension Correlator {
  /// What is on the wire has other ends than the socket: these lead to it as well. Without a socket the conversation only passes by.
  mutating func translate(_ event: SocketEvent, at time: Int64) {
    let proto = UInt8(truncatingIfNeeded: event.proto)
    guard event.socket.cookie != 0 || event.address != 0 else {
      let key = FlowKey(source: event.local, destination: event.remote, proto: proto)
      guard passing.note(key, in: event.socket.namespace, at: time) else { return }
      translations &+= 1
      // What was answered for a socket of the same ends is not true any more.
      for (local, remote) in [(event.local, event.remote), (event.remote, event.local)] {
        sockets.touch(.ends(proto, local, remote))
        sockets.touch(.port(proto, local.port))
      }
      return
    }
    guard let slot = sockets.slot(event.socket, address: event.address, fresh: false, at: time),
      sockets.entries[slot].isInternet
    else {
      unidentified &+= 1
      return
    }
    sockets.alias(slot, .ends(proto, event.local, event.remote), at: time)
    if sockets.entries[slot].isListening { sockets.alias(slot, .asked(proto, event.local, event.remote), at: time) }
  }

  /// Of several listeners on one port this one was given the connection.
  mutating func ask(_ event: SocketEvent, at time: Int64) {
    guard let slot = sockets.slot(event.socket, address: event.address, fresh: false, at: time),
      sockets.entries[slot].isInternet
    else {
      unidentified &+= 1
      return
    }
    sockets.alias(slot, .asked(UInt8(truncatingIfNeeded: event.proto), event.local, event.remote), at: time)
  }
}
