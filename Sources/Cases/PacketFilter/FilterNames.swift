package import Events

// What a filter asked of the frames that it took, in words: "TCP port 80 of host 10.0.0.1", "IPv4 of network 10.0.0.0/8".

/// The conversations that the filter takes, without those that a more general one covers.
///
/// - Parameter isBound: whether the socket hears one ethertype alone, as if the filter had asked for it.
func names(of conversations: [(traffic: Traffic, acceptance: FilterTrial.Acceptance)], isBound: Bool) -> [String] {
  var versions: [Description: Set<Int>] = [:]
  var order: [Description] = []
  for (traffic, acceptance) in conversations {
    let demand = Demand(acceptance, isBound: isBound)
    let description = demand.description(traffic)
    if versions[description] == nil { order.append(description) }
    versions[description, default: []].insert(demand.versionToName)
  }
  return order.filter { one in !order.contains { $0 != one && $0.covers(one) } }.map { one in
    switch versions[one] {
    case [4]: "\(one.text) over IPv4"
    case [6]: "\(one.text) over IPv6"
    default: one.text
    }
  }.once
}

/// Who speaks and to whom, of what a filter lets through.
package struct FilterTalk: Sendable, Hashable {
  package var from: Address
  package var to: Address
  package init(from: Address, to: Address) {
    self.from = from
    self.to = to
  }
}

/// Which hosts the conversations are between; none where one of them has a host that the filter does not name.
func talks(of conversations: [FilterTrial.Acceptance], isBound: Bool) -> [FilterTalk] {
  var all: [FilterTalk] = []
  for acceptance in conversations {
    guard case (let from?, let to?) = talk(of: acceptance, isBound: isBound) else { return [] }
    all.append(FilterTalk(from: from, to: to))
  }
  return all.once
}

/// The sender and the receiver that the filter asked for, all bits of them.
func talk(of acceptance: FilterTrial.Acceptance, isBound: Bool) -> (from: Address?, to: Address?) {
  let demand = Demand(acceptance, isBound: isBound)
  guard let headers = demand.headers else { return (nil, nil) }
  return (demand.address(headers.source), demand.address(headers.target))
}

/// A kind of conversation, narrowed to ports and hosts.
private struct Description: Hashable {
  var what: String
  var ports: Set<String>
  var hosts: Set<String>

  var text: String {
    what + (ports.isEmpty ? "" : " port " + ports.sorted().joined(separator: " and "))
      + (hosts.isEmpty ? "" : " of " + hosts.sorted().joined(separator: " and "))
  }

  func covers(_ other: Description) -> Bool {
    what == other.what && ports.isSubset(of: other.ports) && hosts.isSubset(of: other.hosts)
  }
}

/// Which contents the filter asks for: the kind of traffic, and the bytes with their place behind its headers.
func contents(of accepted: [FilterTrial.Acceptance]) -> String {
  let all = accepted.map { acceptance -> String in
    let frame = acceptance.frame
    let bytes = acceptance.tests.compactMap { test -> String? in
      guard test.isMet, case .bytes(let offset, let width) = test.origin.place, offset >= frame.payload,
        let number = frame.number(at: offset, width: width)
      else { return nil }
      let digits = String(number, radix: 16)
      return "0x" + String(repeating: "0", count: 2 * width - digits.count) + digits
        + " at byte \(offset - frame.payload)"
    }
    return ([Traffic(of: frame).name] + (bytes.isEmpty ? [] : ["with", bytes.once.joined(separator: ", ")]))
      .joined(separator: " ")
  }.once
  return all.prefix(4).joined(separator: "; ") + (all.count > 4 ? "; \(all.count - 4) more" : "")
}

/// What the comparisons on the way to acceptance asked of the frame.
private struct Demand {
  let frame: ProbeFrame
  let headers: FrameHeaders?
  let tests: [FilterRun.Test]
  let isBound: Bool

  init(_ acceptance: FilterTrial.Acceptance, isBound: Bool) {
    self.isBound = isBound
    frame = acceptance.frame
    headers = FrameHeaders(acceptance.frame)
    tests = acceptance.tests.filter(\.isMet)
  }

  func description(_ traffic: Traffic) -> Description {
    Description(what: what(traffic), ports: Set(ports), hosts: Set(hosts))
  }

  /// 4 or 6 where the name would not tell that only one of them is meant.
  var versionToName: Int {
    guard let headers, hosts.isEmpty, asksProto || !ports.isEmpty else { return 0 }
    return headers.version
  }

  private var asksProto: Bool { headers.map { asks($0.protoRange) } ?? false }
  private var asksEtherType: Bool { isBound || asks(12..<14) || tests.contains { $0.origin.place == .about(.proto) } }

  private func what(_ traffic: Traffic) -> String {
    if let headers, ports.isEmpty, !asksProto, asksEtherType { return "IPv\(headers.version)" }
    return hosts.isEmpty || asksProto || asksEtherType || !ports.isEmpty ? traffic.name : "frames"
  }

  /// Those that were asked for: one by one, or as a range. A range that is open to one side, as the one beside that asked for
  /// is, counts only where there is nothing better.
  private var ports: [String] {
    guard let headers, headers.hasPorts else { return [] }
    let asked = [headers.sourcePort, headers.targetPort].compactMap(port)
    let closed = asked.filter(\.isClosed)
    return (closed.isEmpty ? asked : closed).map(\.text)
  }

  private func port(_ range: Range<Int>) -> (text: String, isClosed: Bool)? {
    let place = FilterPlace.bytes(at: range.lowerBound, width: 2)
    guard let number = frame.number(at: range.lowerBound, width: 2), asks(range) else { return nil }
    let tests = tests.filter { $0.origin.place == place && $0.origin.changes.isEmpty }
    if tests.isEmpty || tests.contains(where: { $0.comparison == .equal }) { return ("\(number)", true) }
    var (low, high) = (0 as UInt32, 0xffff as UInt32)
    for test in tests {
      switch (test.comparison, test.holds) {
      case (.greater, true): low = max(low, test.against &+ 1)
      case (.greaterOrEqual, true): low = max(low, test.against)
      case (.greater, false): high = min(high, test.against)
      case (.greaterOrEqual, false): high = min(high, test.against &- 1)
      case (.equal, _), (.anyBit, _): break
      }
    }
    return ("\(low)-\(high)", low > 0 && high < 0xffff)
  }

  private var hosts: [String] {
    var all = [6..<12, 0..<6].compactMap { range -> String? in
      guard mask(of: range).allSatisfy({ $0 == 255 }) else { return nil }
      return "host " + frame.bytes[range].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
    if let headers { all += [headers.source, headers.target].compactMap(host) }
    return all
  }

  private func host(_ range: Range<Int>) -> String? {
    let (address, length) = network(range)
    guard length > 0 else { return nil }
    return length == 8 * range.count ? "host \(address)" : "network \(address)/\(length)"
  }

  /// The address there, when every bit of it was asked for.
  func address(_ range: Range<Int>) -> Address? {
    let (address, length) = network(range)
    return length == 8 * range.count ? address : nil
  }

  /// Its bits that were asked for, and how many.
  private func network(_ range: Range<Int>) -> (Address, Int) {
    let mask = mask(of: range)
    let bytes = zip(frame.bytes[range], mask).map(&)
    func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
    let address =
      bytes.count == 4
      ? Address(v4: UInt32(number(bytes[...]))) : Address(v6High: number(bytes[..<8]), low: number(bytes[8...]))
    return (address, mask.reduce(0) { $0 + $1.nonzeroBitCount })
  }

  private func asks(_ range: Range<Int>) -> Bool { mask(of: range).contains { $0 != 0 } }

  /// The bits of these bytes of the frame that a comparison which was met looked at.
  private func mask(of range: Range<Int>) -> [UInt8] {
    var mask = [UInt8](repeating: 0, count: range.count)
    for test in tests {
      guard case .bytes(let offset, let width) = test.origin.place else { continue }
      for index in 0..<width where range.contains(offset + index) {
        mask[offset + index - range.lowerBound] |= UInt8(
          truncatingIfNeeded: test.bits >> UInt32(8 * (width - 1 - index)))
      }
    }
    return mask
  }
}

extension FilterRun.Test {
  /// True when it narrows what the frame may be: to one value, to some bits or to a range.
  fileprivate var isMet: Bool {
    switch comparison {
    case .equal, .anyBit: holds
    case .greater, .greaterOrEqual: true
    }
  }

  /// The bits of the loaded number that the comparison looked at.
  fileprivate var bits: UInt32 {
    comparison == .anyBit ? origin.bits(of: against) : origin.bits(of: .max)
  }
}
