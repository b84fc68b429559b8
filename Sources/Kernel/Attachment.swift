import BPFCode
import CBPF
import Glibc

/// A program that runs when its event comes, for as long as this exists.
package struct Attachment: ~Copyable, Sendable {
  /// The kernel's link for a tracepoint, the perf events for a clock: closing them detaches.
  private let links: [SharedHandle]

  /// Hangs the program where it was made for.
  ///
  /// An iterator is not attached but read: `IteratorLink`; a `called` program is run.
  package init(_ program: Program) throws(KernelError) {
    do throws(SystemError) {
      switch program.attachment {
      case .tracepoint(let name):
        // No name is given: the program's BTF id says where it hangs.
        let raw = bpf_raw_tracepoint_open(nil, program.descriptor)
        links = [SharedHandle(FileHandle(adopting: try check("bpf(BPF_RAW_TRACEPOINT_OPEN) \(name)", raw)))]
      case .cpuClock(let period):
        links = try Self.clocks(period, program)
      case .called, .iterator:
        throw SystemError(call: "\(program.name) is not of a kind that is attached", code: EINVAL)
      }
    } catch {
      throw KernelError(error)
    }
  }

  private static func clocks(_ period: UInt64, _ program: Program) throws(SystemError) -> [SharedHandle] {
    var events: [SharedHandle] = []
    for cpu in CPUs.online {
      let raw = culprit_open_cpu_clock(CInt(clamping: cpu), period)
      let event = SharedHandle(FileHandle(adopting: try check("perf_event_open(cpu-clock, CPU \(cpu))", raw)))
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
