/// What is wanted of the verifier's log, and where it goes.
package struct VerifierLog {
  /// Whether it is told of programs that the kernel takes, too (`-x bpflog`).
  package var isWanted = false
  /// Its greatest size in bytes (`-x bpflogsize`); nil is as DTrace has it where it is wanted, and as long as it is for a refusal.
  package var size: Int?
  /// Called with a program's name and its whole log; nil stands for one that is longer than `size`.
  package var tell: (String, String?) -> Void = { _, _ in }

  package init() {}

  package init(isWanted: Bool, size: Int?, tell: @escaping (String, String?) -> Void) {
    self.isWanted = isWanted
    self.size = size
    self.tell = tell
  }

  /// What the kernel takes: bpf(2) wants 128 bytes at least and less than 1 GiB.
  static let sizes = 128...(1 << 30) - 1
  /// DTrace for Linux's own (`dt_bpf.c`).
  package static let usualSize = (16 << 20) - 1

  /// Bytes of the log where it is wanted.
  package var wantedSize: Int { min(max(size ?? Self.usualSize, Self.sizes.lowerBound), Self.sizes.upperBound) }
  /// Bytes that are tried first, and at most, to hear why a program was refused.
  var refusalSizes: ClosedRange<Int> { size == nil ? 1 << 18...1 << 26 : wantedSize...wantedSize }
}
