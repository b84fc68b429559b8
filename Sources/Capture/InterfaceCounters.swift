import Files
import Glibc

/// What an interface has counted since it was made, as the kernel tells it (`struct rtnl_link_stats64`).
package struct InterfaceCounters: Sendable, Equatable {
  package var name: String
  /// The kernel's number for it, in its network namespace.
  package var index: UInt32
  /// Frames that it took in, and their bytes, link headers included.
  package var packetsReceived: UInt64 = 0
  package var bytesReceived: UInt64 = 0
  package var packetsSent: UInt64 = 0
  package var bytesSent: UInt64 = 0
  /// Frames that were to be sent, were seen by whoever captures, and were then dropped by the driver.
  package var sendsDropped: UInt64 = 0
  /// The most bytes of a packet that it sends in one frame; 0 when it does not say.
  package var mtu: UInt32 = 0

  package init(name: String, index: UInt32) {
    self.name = name
    self.index = index
  }
}

/// The counters of all interfaces of the thread's network namespace, none where they cannot be read, and by `clock` the moments between
/// which they were: of several readings the one that took the least time.
///
/// From /proc/thread-self/net/dev: /sys shows the namespace that it was mounted in, and this the one that the thread is in.
package func interfaceCounters(
  clock: () -> Int64
) -> (counters: [InterfaceCounters], from: Int64, to: Int64) {
  var best = (text: "", from: Int64.min, to: Int64.max)
  for _ in 0..<32 {
    let from = clock()
    let text = readText("/proc/thread-self/net/dev") ?? ""
    let to = clock()
    if best.text.isEmpty || to &- from < best.to &- best.from { best = (text, from, to) }
    // Others may have had the processor meanwhile; an undisturbed reading takes some 20 microseconds.
    if to &- from < 60_000 { break }
  }
  return (best.text.split(separator: "\n").compactMap { InterfaceCounters(line: $0) }, best.from, best.to)
}

extension InterfaceCounters {
  /// A line of /proc/net/dev: the name and a colon; of what was received bytes, packets, errors, drops, FIFO and frame errors,
  /// compressed, multicast; of what was sent bytes, packets, errors, drops, FIFO errors, collisions, carrier errors, compressed.
  init?(line: Substring) {
    // A name may hold a colon.
    guard let colon = line.lastIndex(of: ":") else { return nil }
    let name = String(line[..<colon].drop { $0 == " " })
    let numbers = line[line.index(after: colon)...].split(separator: " ").compactMap { UInt64($0) }
    guard numbers.count >= 16 else { return nil }
    // Safe: the name is bridged to a NUL-ended copy for the call.
    self.init(name: name, index: unsafe if_nametoindex(name))
    bytesReceived = numbers[0]
    packetsReceived = numbers[1]
    bytesSent = numbers[8]
    packetsSent = numbers[9]
    sendsDropped = numbers[11]
    mtu = Self.mtu(of: name)
  }

  /// SIOCGIFMTU: the name in, 16 bytes with a NUL, and the number out behind it (`struct ifreq`, 40 bytes).
  private static func mtu(of name: String) -> UInt32 {
    let socket = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return 0 }
    defer { close(socket) }
    var request = [UInt8](repeating: 0, count: 40)
    for (place, byte) in name.utf8.prefix(15).enumerated() { request[place] = byte }
    // Safe: the kernel reads and writes the 40 bytes of the structure, for the call.
    guard unsafe ioctl(socket, UInt(SIOCGIFMTU), &request) == 0 else { return 0 }
    return (0..<4).reduce(0) { $0 | UInt32(request[16 + $1]) << (8 * UInt32($1)) }
  }
}
