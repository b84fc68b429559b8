import Events

extension Investigation {
  /// A line for each socket that hears more than what is addressed to its process.
  func captureEvidence(_ capture: CaptureFindings) -> [String] {
    capture.taps.map { tap in
      "\(name(tap.holder)): \(tap.text)"
        + (tap.isRead ? "" : "; \(tap.lack)")
    } + (capture.broad + capture.unknown + capture.narrow).map(line)
  }

  private func line(_ sniffer: Sniffer) -> String {
    let holders = sniffer.holders.filter { group.contains($0.key) }.sorted { $0.key < $1.key }.map { pid, descriptor in
      descriptor >= 0 ? "\(name(pid)) descriptor \(descriptor)" : name(pid)
    }
    var text = holders.joined(separator: ", ") + ": "
    if sniffer.family == 17 {
      text +=
        "packet socket (\(sniffer.type == 2 ? "SOCK_DGRAM" : "SOCK_RAW"), \(ethertype(sniffer.proto))) on \(interface(sniffer.interface))"
      text +=
        sniffer.membership == 1 ? ", promiscuous" : sniffer.membership == 2 ? ", every multicast" : ", not promiscuous"
      text += sniffer.hasRing ? ", mapped ring" : ""
      text += filter(sniffer)
    } else if sniffer.family == 44 {
      text += "AF_XDP socket on \(interface(sniffer.interface))"
    } else {
      text += "raw socket of \(HeldSocket.protocolName(sniffer.proto))"
    }
    text += "; hears \(sniffer.breadth.text); "
    text +=
      sniffer.waiting > 0
      ? "\(sniffer.waiting) frames wait, none was read"
      : sniffer.delivered == 0
        ? "no frame delivered" : "\(sniffer.delivered) frame\(sniffer.delivered == 1 ? "" : "s") delivered"
    if let received = sniffer.received {
      let others = sniffer.readers.subtracting(group).sorted().map(name)
      let by = others.isEmpty ? "" : ", by " + others.joined(separator: ", ")
      text += " (read: \(amount(received, "call"))\(by))"
    }
    if sniffer.breadth.isBroad {
      switch sniffer.disuse {
      case .closedAtOnce: text += "; closed again at once"
      case .onlySends: text += sniffer.sent.map { "; sends by it (\(amount($0, "send")))" } ?? ""
      case .isNotRead: text += "; nobody reads it"
      case nil: if waitsForLease(sniffer) { text += "; waits for a lease by it" }
      }
    }
    if sniffer.countedBefore > 0 { text += " (\(sniffer.countedBefore) of them before it was watched)" }
    return text
  }

  private func filter(_ sniffer: Sniffer) -> String {
    switch sniffer.filterKind {
    case .none: ", no filter"
    case .classic: ", classic filter"
    case .extended: ", eBPF filter"
    }
  }

  private func ethertype(_ number: UInt16) -> String {
    switch number {
    case 3: "ETH_P_ALL"
    case 0x0800: "IPv4"
    case 0x86dd: "IPv6"
    case 0: "no protocol"
    default: "ethertype 0x" + String(number, radix: 16)
    }
  }
}
