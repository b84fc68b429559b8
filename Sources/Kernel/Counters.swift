import CBPF
import Glibc
package import IR

extension Counter {
  /// The counter of one CPU, for all processes; not yet enabled.
  func open(onCPU cpu: Int) throws(SystemError) -> FileHandle {
    let raw = culprit_open_counter(
      kind.rawValue, number, mode == .kernel ? 1 : 0, mode == .user ? 1 : 0, CInt(clamping: cpu), period)
    do {
      return FileHandle(adopting: try check("perf_event_open(\(name), CPU \(cpu))", raw))
    } catch {
      // What a kernel says where the CPU, or the virtual machine, has no such counter.
      guard [ENOENT, ENODEV, EOPNOTSUPP].contains(error.code) else { throw error }
      throw SystemError(call: "CPU \(cpu) has no counter for \(name): perf_event_open", code: error.code)
    }
  }

  /// Whether the machine counts anything besides what the kernel does.
  package static var hardwareCounts: Bool {
    (try? Counter(.hardware, 0, "cpu_cycles", period: 1 << 40).open(onCPU: CPUs.own)) != nil
  }
}
