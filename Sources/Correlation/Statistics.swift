/// What a correlator saw, answered, forgot and was told that others lost.
package struct CorrelationStatistics: Sendable, Equatable {
  package var events: UInt64 = 0
  /// Socket events that did not say which socket they were about.
  package var unidentified: UInt64 = 0
  package var packets: UInt64 = 0
  /// Packets with a process, with the kernel alone, and with nobody.
  package var attributed: UInt64 = 0
  package var kernel: UInt64 = 0
  package var unattributed: UInt64 = 0
  /// Packets by the reason of their answer.
  package var reasons: [Reason: UInt64] = [:]
  /// Described processes and sockets that lost their places to others; processes that got none.
  package var evictedProcesses: UInt64 = 0
  package var refusedProcesses: UInt64 = 0
  package var evictedSockets: UInt64 = 0
  /// Other ends of sockets (NAT) that gave way to newer ones.
  package var evictedAliases: UInt64 = 0
  /// Processes that had let go of a socket which too many used.
  package var forgottenUsers: UInt64 = 0
  /// Connections of others, passed on under other ends (NAT), that gave way to newer ones while packets of theirs could still come.
  package var forgottenPassers: UInt64 = 0
  /// Conversations whose owner had to be found again.
  package var evictedConversations: UInt64 = 0
  /// What was lost, by the stage that lost it.
  package var lost: [String: UInt64] = [:]
}

/// Stages that lose packets but no events: what they lose explains no missing socket.
/// The stage of what the kernel tells of frames as they come and go.
let framesStage = "kernel-frames"
let packetStages: Set<String> = ["capture", "interface", "libpcap", "packets", "timeline-packets"]
