import Correlation
import Events
import Rules

/// What kinds of things a stream brings: a rule that needs others says nothing by its silence.
struct StreamContents {
  /// Of sockets and processes, which are told of together.
  private var hasEvents = false
  private var hasPackets = false
  /// System calls and opened files of those who are watched.
  private var hasCalls = false

  /// What the machine is set to, and what is attached to it: a recorder that tells of the one tells of the other.
  private var hasHost = false

  /// A recording's are seen as it is read.
  init() {}

  /// A live run's are what it is asked to look at.
  init(_ request: ObservationRequest) {
    hasEvents = true
    hasHost = true
    hasPackets = !request.interfaces.isEmpty
    hasCalls = request.calls != nil
  }

  /// An interface that was captured from brings packets, be there any or not.
  mutating func noteInterface() { hasPackets = true }

  mutating func note(_ item: Timeline.Item) {
    switch item {
    case .packet: hasPackets = true
    case .event(let event):
      switch event.what {
      case .process, .socket: hasEvents = true
      case .call, .file: hasCalls = true
      case .attachment, .resolvers: hasHost = true
      case .stack, .state, .descriptors, .container, .loss: break
      }
    }
  }

  /// The first that is needed and not there.
  func missing(_ needs: [Rule.Need]) -> Rule.Need? {
    needs.first { need in
      switch need {
      case .proc, .socket: !hasEvents
      case .packet: !hasPackets
      case .call, .file: !hasCalls
      case .host: !hasHost
      }
    }
  }
}
