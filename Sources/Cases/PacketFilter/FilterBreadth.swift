/// What a packet socket's filter lets through, found out by running it over a corpus of frames.
package enum FilterBreadth: Sendable, Equatable {
  /// No filter, or one that takes nearly all of the corpus, whatever the protocol.
  case everything
  /// Kinds of traffic, by name, among them conversations of others: enough to sniff. Where the filter names both hosts of each of them, which to
  /// which.
  case broad([String], between: [FilterTalk] = [])
  /// What a network says about itself, and no conversation: "DHCP", "ARP", "ARP and LLDP".
  case service(String)
  /// Only frames in which an application wrote certain bytes, which ordinary traffic does not have.
  case payload(String)
  /// None of the corpus, and nothing that the program asks for.
  case nothing
  /// An extended BPF program, or none that Linux would attach: why.
  case unknown(String)

  /// - Parameters:
  ///   - instructions: eight bytes each, `struct sock_filter`, little-endian; none is no filter.
  ///   - link: where the socket's frames begin.
  ///   - proto: the ethertype that the socket is bound to: 3, ETH_P_ALL, is all of them, and with 0 it hears nothing.
  package init(classic instructions: [UInt8], interface link: LinkHint = .ethernet, seeing proto: UInt16 = 3) {
    do {
      let program = instructions.isEmpty ? .takingAll : try FilterProgram(instructions)
      self.init(program, over: ProbeFrames(link, seeing: proto))
    } catch {
      self = .unknown(error.text)
    }
  }

  /// True when it lets through what others send to each other: their conversations, or what somebody hides in them for it.
  package var isBroad: Bool {
    switch self {
    case .everything, .broad, .payload: true
    case .service, .nothing, .unknown: false
    }
  }

  /// True when it waits for certain bytes, as a back door does for the packet that wakes it.
  var waits: Bool { if case .payload = self { true } else { false } }

  /// For people, after "lets through".
  package var text: String {
    switch self {
    case .everything: "everything"
    case .broad(let names, _): names.cut(to: 8).joined(separator: ", ")
    case .service(let name): "only \(name)"
    case .payload(let bytes): "only frames with certain contents: \(bytes)"
    case .nothing: "nothing"
    case .unknown(let why): "what cannot be told: \(why)"
    }
  }

  private init(_ program: FilterProgram, over probes: ProbeFrames) {
    let corpus = probes.frames
    let trial = FilterTrial(program, over: probes)
    let ordinary = Set(corpus.map { Traffic(of: $0).name })
    let taken = trial.accepted.filter(\.isOfCorpus)
    // A filter that leaves out one protocol, or its own connection, still hears the network.
    let takenKinds = Set(taken.map { Traffic(of: $0.frame).name }).count
    if !probes.isBound, takenKinds * 10 >= ordinary.count * 9, taken.count * 2 >= corpus.count {
      self = .everything
      return
    }
    // Many a client's filter expects a header of twenty bytes: in a packet with options it looks at the wrong ones.
    let usual = trial.accepted.filter { FrameHeaders($0.frame)?.hasOptions != true }
    let found = (usual.isEmpty ? trial.accepted : usual).map { Found($0, madeFrom: corpus[$0.seed]) }
    let plain = found.filter { !$0.asksForContents }
    let plainNames = Set(plain.map(\.traffic.name))
    let special = found.filter { $0.asksForContents && !plainNames.contains($0.traffic.name) }
    let services = services(plain, beside: ordinary)
    let conversations = plain.filter(\.traffic.isConversation)
    if !conversations.isEmpty {
      self = .broad(
        names(of: conversations.map { ($0.traffic, $0.acceptance) }, isBound: probes.isBound) + services,
        between: talks(of: conversations.map(\.acceptance), isBound: probes.isBound))
    } else if !special.isEmpty {
      self = .payload(contents(of: special.map(\.acceptance)))
    } else if plain.contains(where: {
      $0.traffic.carriesData && talk(of: $0.acceptance, isBound: probes.isBound).to == nil
    }) {
      // Who asks for no receiver of what anybody may put bytes into (ICMP) hears all that others say by it.
      self = .broad(services)
    } else if !services.isEmpty {
      self = .service(services.listed)
    } else if trial.isComplete {
      self = .nothing
    } else {
      self = .unknown("it refuses all that was tried, and has more comparisons than were tried")
    }
  }
}

/// A frame that the filter takes, and what it is.
private struct Found {
  let acceptance: FilterTrial.Acceptance
  let traffic: Traffic
  /// What the frame was before the filter's constants were put in.
  let seed: Traffic

  init(_ acceptance: FilterTrial.Acceptance, madeFrom seed: ProbeFrame) {
    self.acceptance = acceptance
    traffic = Traffic(of: acceptance.frame)
    self.seed = Traffic(of: seed)
  }

  /// It was taken for what an application wrote in it, and ordinary traffic does not have.
  var asksForContents: Bool { traffic.carriesData && acceptance.frame.hasForeignPayload }
}

/// The services among what was taken, once each. A frame that became one by a change counts where nothing ordinary would show it.
private func services(_ found: [Found], beside ordinary: Set<String>) -> [String] {
  let all = found.filter { !$0.traffic.isConversation }
  let hasConversations = all.count < found.count
  let sure = all.filter {
    $0.acceptance.isOfCorpus || $0.traffic == $0.seed || !hasConversations && !ordinary.contains($0.traffic.name)
  }
  let names = (sure.isEmpty && !hasConversations ? all : sure).map(\.traffic.name).once
  // Of ICMPv6 as a whole its parts need no mention.
  return names.contains("ICMPv6") ? names.filter { !["ICMPv6 neighbour discovery", "MLD"].contains($0) } : names
}

extension Array where Element: Hashable {
  /// Each once, in the order of first mention.
  var once: [Element] { unique(self) }
}

extension [String] {
  /// "A", "A and B", "A, B and C".
  fileprivate var listed: String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + self[count - 1]
  }

  /// The first of them, and how many more there are.
  fileprivate func cut(to limit: Int) -> [String] {
    count <= limit ? self : prefix(limit - 1) + ["\(count - limit + 1) more"]
  }
}
