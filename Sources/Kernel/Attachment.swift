import BPFCode
import CBPF
import Glibc
import IR

/// A program that runs when its event comes, for as long as this exists.
package struct Attachment: ~Copyable, Sendable {
  /// The kernel's link for a tracepoint, the perf events for a clock: closing them detaches.
  private let links: [SharedHandle]
  /// Places of processes' code where the kernel refuses a probe.
  let refused: [CodePlace]

  /// Hangs the program where it was made for.
  ///
  /// An iterator is not attached but read: `IteratorLink`; a `called` program is run.
  package init(_ program: Program) throws(KernelError) {
    var refused: [CodePlace] = []
    do throws(SystemError) {
      switch program.attachment {
      case .tracepoint(let name):
        // No name is given: the program's BTF id says where it hangs.
        let raw = bpf_raw_tracepoint_open(nil, program.descriptor)
        links = [SharedHandle(FileHandle(adopting: try check("bpf(BPF_RAW_TRACEPOINT_OPEN) \(name)", raw)))]
      case .cpuClock(let period, let everyCPU):
        links = try Self.counters(.cpuClock(period: period), on: everyCPU ? CPUs.online : [CPUs.own], program)
      case .counter(let counter):
        links = try Self.counters(counter, on: CPUs.online, program)
      case .userCode(let isReturn, let places):
        links = try Self.code(places, isReturn: isReturn, program, &refused)
      case .traceEvent(let group, let name):
        links = [try Self.event(group, name, program)]
      case .called, .iterator:
        throw SystemError(call: "\(program.name) is not of a kind that is attached", code: EINVAL)
      }
    } catch {
      throw KernelError(error)
    }
    self.refused = refused
  }

  /// One link for each file and process. A place where the kernel refuses a probe (some instructions cannot be stepped over) is left out.
  private static func code(
    _ places: [CodePlace], isReturn: Bool, _ program: Program, _ refused: inout [CodePlace]
  ) throws(SystemError) -> [SharedHandle] {
    struct Target: Hashable {
      var path: String
      var pid: UInt32
    }
    var order: [Target] = []
    var byTarget: [Target: [CodePlace]] = [:]
    for place in places {
      let target = Target(path: place.place.path, pid: place.place.pid)
      if byTarget[target] == nil { order.append(target) }
      byTarget[target, default: []].append(place)
    }
    var links: [SharedHandle] = []
    for target in order {
      try link(byTarget[target] ?? [], target.path, target.pid, isReturn: isReturn, program, &links, &refused)
    }
    return links
  }

  private static func link(
    _ places: [CodePlace], _ path: String, _ pid: UInt32, isReturn: Bool, _ program: Program,
    _ links: inout [SharedHandle], _ refused: inout [CodePlace]
  ) throws(SystemError) {
    let offsets = places.map(\.place.offset)
    let counters = places.map(\.place.semaphore)
    let cookies = places.map(\.cookie)
    // Safe: the lists have `places.count` elements and outlive the call, which copies them.
    let raw = unsafe culprit_link_uprobes(
      program.descriptor, isReturn ? 1 : 0, path, offsets, counters, cookies, UInt32(places.count), pid)
    do {
      links.append(SharedHandle(FileHandle(adopting: try check("bpf(BPF_LINK_CREATE) \(path)", raw))))
    } catch {
      // The process has ended since it was looked at.
      if error.code == ESRCH, pid != 0 { return }
      guard places.count > 1 else {
        // ENOTSUPP (524, the kernel's own), EOPNOTSUPP or EINVAL: that one instruction.
        if [524, EOPNOTSUPP, EINVAL, EIO].contains(error.code) { return refused += places }
        throw error
      }
      let middle = places.count / 2
      try link(Array(places[..<middle]), path, pid, isReturn: isReturn, program, &links, &refused)
      try link(Array(places[middle...]), path, pid, isReturn: isReturn, program, &links, &refused)
    }
  }

  private static func event(_ group: String, _ name: String, _ program: Program) throws(SystemError) -> SharedHandle {
    let id = try TraceEvents.system().id(group: group, name: name)
    let raw = culprit_open_trace_event(id)
    let event = SharedHandle(FileHandle(adopting: try check("perf_event_open(\(group):\(name))", raw)))
    _ = try check("ioctl(PERF_EVENT_IOC_SET_BPF)", culprit_perf_set_program(event.handle.raw, program.descriptor))
    _ = try check("ioctl(PERF_EVENT_IOC_ENABLE)", culprit_perf_enable(event.handle.raw))
    return event
  }

  private static func counters(
    _ counter: Counter, on cpus: [Int], _ program: Program
  ) throws(SystemError) -> [SharedHandle] {
    var events: [SharedHandle] = []
    for cpu in cpus {
      let event = SharedHandle(try counter.open(onCPU: cpu))
      _ = try check("ioctl(PERF_EVENT_IOC_SET_BPF)", culprit_perf_set_program(event.handle.raw, program.descriptor))
      _ = try check("ioctl(PERF_EVENT_IOC_ENABLE)", culprit_perf_enable(event.handle.raw))
      events.append(event)
    }
    return events
  }
}

/// A handle where an array of them is needed: arrays hold only what can be copied.
final class SharedHandle: Sendable {
  let handle: FileHandle
  init(_ handle: consuming FileHandle) { self.handle = handle }
}
