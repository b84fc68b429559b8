import Bytes

/// 802.11 (IEEE 802.11 §9.2.3): only whole data frames in the clear carry what is read further.
///
///     +---------------+----------+-----------------+----------+ +-----------+ +-----+ +------------+
///     | frame control | duration | addresses 1...3 | sequence | | address 4 | | QoS | | HT control |
///     |       2       |    2     |       18        |    2     | |     6     | |  2  | |     4      |
///     +---------------+----------+-----------------+----------+ +-----------+ +-----+ +------------+
extension Dissector {
  mutating func wifi(_ layers: inout Layers, padded: Bool = false) throws(Oddity) -> Next {
    try need(2, .wifi)
    let (kind, flags) = (rest.byte(at: 0), rest.byte(at: 1))
    guard kind & 0x0c == 0x08 else { return .payload }
    let (toDS, fromDS) = (flags & 1 != 0, flags & 2 != 0)
    let hasQoS = kind & 0x80 != 0
    var count = 24
    if toDS, fromDS { count &+= 6 }
    let qualityOffset = count
    if hasQoS { count &+= flags & 0x80 != 0 ? 6 : 2 }
    if padded { count = (count &+ 3) & ~3 }
    try need(count, .wifi)
    layers.hardwareDestination = rest.bigEndian(UInt64.self, at: toDS ? 16 : 4) >> 16
    layers.hardwareSource = rest.bigEndian(UInt64.self, at: fromDS ? (toDS ? 22 : 16) : 10) >> 16
    let aggregated = hasQoS && rest.byte(at: qualityOffset) & 0x80 != 0
    // A null-data frame, an encrypted one, a fragment, several frames in one: nothing to read further.
    let isWhole = kind & 0x40 == 0 && flags & 0x44 == 0 && rest.byte(at: 22) & 15 == 0 && !aggregated
    skip(count)
    return isWhole ? .llc : .payload
  }
}
