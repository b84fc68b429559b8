/// Where a pcapng reader stands in its section (draft-ietf-opsawg-pcapng §4.1). Interfaces are numbered anew in each
/// section.
struct PcapngSection: Sendable {
  /// The section is big-endian.
  var swapped = false
  /// False until the first section header was read.
  var begun = false
  /// The reader's index of the section's interface 0.
  var firstInterface = 0
}
