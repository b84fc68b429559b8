/// A program was loaded or attached where it sees what passes an interface, a probe was put into the code of processes, or an interface was
/// set to take what is for others.
package struct AttachmentEvent: Sendable, Equatable {
  package enum Kind: UInt8, Sendable, CaseIterable {
    /// The actor loaded a BPF program that is made for tc or XDP (bpf(2), BPF_PROG_LOAD); `type` is enum bpf_prog_type.
    case load = 1
    /// A program was attached: by bpf(2) (BPF_LINK_CREATE, BPF_PROG_ATTACH), or by netlink, of which the actor is who loaded it or the
    /// one that spoke to the kernel then, and nobody (pid 0) where that is not known. `type` is enum bpf_attach_type, or of tc's
    /// filters `tcIngress` and `tcEgress`.
    case program
    /// The same, there before the run; the actor is nobody.
    case found
    /// A uprobe was made: perf_event_open(2), BPF_LINK_CREATE of BPF_TRACE_UPROBE_MULTI, or a line written to tracefs' uprobe_events.
    case probe
    /// The actor holds a descriptor of a BPF program; `type` is enum bpf_prog_type.
    case heldProgram
    /// The actor holds a descriptor of a buffer through which programs hand on what they see; `type` is enum bpf_map_type, of a ring
    /// buffer or of perf's events, and `program` the buffer's number.
    case heldBuffer
    /// The actor holds a netlink socket that netfilter hands packets to; `type` is `netfilterLog` or `netfilterQueue`, and `program` the group's or
    /// the queue's number.
    case heldNetfilter
    /// The actor set an interface to promiscuous mode, by ioctl(2) or rtnetlink; `interface` is 0 where it gave a name, and `path` empty where the
    /// kernel was not asked for one.
    case promiscuous
  }

  package var kind: Kind
  package var type: UInt32 = 0
  /// The program's number in the kernel; 0 where it is not known.
  package var program: UInt32 = 0
  package var name: [UInt8] = []
  /// The number of the interface that it is attached to, in the network namespace of who attached it; 0 for none.
  package var interface: UInt32 = 0
  /// The name of that interface, where it is known; of a probe the file that it is put into, as the kernel was given it.
  package var path: [UInt8] = []
  /// Of a probe where in the file; the first one where one call makes several.
  package var offset: UInt64 = 0
  /// The function that is there, when the file says so.
  package var function: [UInt8] = []
  /// It fires when the function returns.
  package var isReturn = false
  /// The process that it is limited to; -1 for none.
  package var process: Int32 = -1

  package init(_ kind: Kind) { self.kind = kind }

  /// BPF_XDP of enum bpf_attach_type.
  package static let xdp: UInt32 = 37
  /// A filter of tc on what comes in, or goes out: the kernel has no number for these, being attached by netlink.
  package static let tcIngress: UInt32 = 256
  package static let tcEgress: UInt32 = 257
  /// NFNL_SUBSYS_QUEUE and NFNL_SUBSYS_ULOG.
  package static let netfilterQueue: UInt32 = 3
  package static let netfilterLog: UInt32 = 4
}
