import BPFCode
import BTF
import CBPF
import Glibc
import IR

/// Where features are tried: one method a sort of attempt.
struct FeatureBench: Sendable {
  private let types: Result<TypeGraph, KernelError>

  /// A function that the kernel has for tests of its own and that nobody calls (net/bpf/test_run.c).
  static let unused = "bpf_fentry_test1"

  /// `r0 = 0; exit`.
  private static let nothing = [Instruction(word: 0xb7), Instruction(word: 0x95)]

  init(_ types: Result<TypeGraph, KernelError>) { self.types = types }

  func kernelTypes() throws(FeatureRefusal) -> TypeGraph {
    do throws(KernelError) { return try types.get() } catch { throw FeatureRefusal(error) }
  }

  /// Effective capabilities, by their numbers (capabilities(7)).
  func privileges() throws(FeatureRefusal) {
    let line = Self.read("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    guard let digits = line?.split(whereSeparator: \.isWhitespace).last, let held = UInt64(digits, radix: 16) else {
      throw FeatureRefusal("/proc/self/status does not say what is held")
    }
    let names: [(bit: UInt64, name: String)] = [(39, "CAP_BPF"), (38, "CAP_PERFMON")]
    if held >> 21 & 1 != 0 { return }
    let missing = names.filter { held >> $0.bit & 1 == 0 }.map(\.name)
    if !missing.isEmpty { throw FeatureRefusal("missing: " + missing.joined(separator: ", ") + "; run as root") }
  }

  func attach(_ attachment: ProgramSpec.Attachment) throws(FeatureRefusal) {
    let program = try load(attachment)
    do throws(KernelError) { _ = try Attachment(program) } catch { throw FeatureRefusal(error) }
  }

  func run() throws(FeatureRefusal) {
    let program = try load(.called)
    do throws(KernelError) { _ = try program.run() } catch { throw FeatureRefusal(error) }
  }

  func map(_ kind: MapSpec.Kind, keySize: Int = 4, valueSize: Int = 8, count: Int = 1) throws(FeatureRefusal) {
    do throws(KernelError) {
      _ = try Map(MapSpec(name: "doctor", kind: kind, keySize: keySize, valueSize: valueSize, maxEntries: count))
    } catch { throw FeatureRefusal(error) }
  }

  func tracepoint(_ name: String) throws(FeatureRefusal) {
    guard try kernelTypes().typedef(named: "btf_trace_" + name) != nil else {
      throw FeatureRefusal("this kernel has no tracepoint \(name)")
    }
  }

  func iterator(_ name: String) throws(FeatureRefusal) {
    let program = try load(.iterator(name))
    let link = bpfLink(program)
    guard link >= 0 else { throw FeatureRefusal(SystemError(failed: "bpf(BPF_LINK_CREATE) iter/\(name)").text) }
    close(link)
  }

  private func bpfLink(_ program: Program) -> CInt {
    bpf_link_create(program.descriptor, 0, BPF_TRACE_ITER, nil)
  }

  /// By the kernel's list of helpers, `enum bpf_func_id`.
  func helper(_ name: String) throws(FeatureRefusal) {
    guard try kernelTypes().enumerator(named: "BPF_FUNC_" + name) != nil else {
      throw FeatureRefusal("this kernel has no helper bpf_\(name)")
    }
  }

  /// The helper is there but refused where the kernel is locked down.
  func writing() throws(FeatureRefusal) {
    // r1 = 0; r2 = r10 - 8; *r2 = 0; r3 = 8; call 36; r0 = 0; exit
    let words: [UInt64] = [
      0x00_0000_01b7, 0x00_0000_a2bf, UInt64(UInt32(bitPattern: -8)) << 32 | 0x0207, 0x0000_027a, 8 << 32 | 0x03b7,
      36 << 32 | 0x85, 0xb7, 0x95,
    ]
    do throws(KernelError) {
      _ = try Program(
        ProgramSpec(name: "doctor", attachment: .called, instructions: words.map { Instruction(word: $0) }), maps: [],
        types: nil)
    } catch { throw FeatureRefusal(error) }
  }

  func cpuClock() throws(FeatureRefusal) {
    let program = try load(.cpuClock(period: 1_000_000_000))
    let event: FileHandle
    do throws(SystemError) {
      event = try Counter.cpuClock(period: 1_000_000_000).open(onCPU: 0)
    } catch { throw FeatureRefusal(error.text) }
    guard culprit_perf_set_program(event.raw, program.descriptor) == 0 else {
      throw FeatureRefusal(SystemError(failed: "ioctl(PERF_EVENT_IOC_SET_BPF)").text)
    }
  }

  /// A perf unit's number, which the kernel gives it at boot.
  func perfUnit(_ name: String) throws(FeatureRefusal) -> UInt32 {
    let text = Self.read("/sys/bus/event_source/devices/\(name)/type").filter { $0.isNumber }
    guard let number = UInt32(text) else { throw FeatureRefusal("this kernel is built without \(name)s") }
    return number
  }

  func kernelProbe() throws(FeatureRefusal) {
    // Safe: the name is a C string for the call.
    let probe = unsafe culprit_open_kernel_probe(try perfUnit("kprobe"), Self.unused)
    guard probe >= 0 else { throw FeatureRefusal(SystemError(failed: "perf_event_open(kprobe)").text) }
    close(probe)
  }

  /// Loads a program for a function of the kernel's, hangs it there, and takes it away.
  func hang(_ type: bpf_prog_type, _ attach: bpf_attach_type, on function: String) throws(FeatureRefusal) {
    guard let target = try kernelTypes().function(named: function) else {
      throw FeatureRefusal("this kernel has no function \(function) to try it on")
    }
    let program = Kernel.load(
      "doctor", Self.nothing.map(\.word), LoadKind(type: type, attach: attach, target: target.rawValue))
    guard program >= 0 else { throw FeatureRefusal(SystemError(failed: "bpf(BPF_PROG_LOAD)").text) }
    defer { close(program) }
    // No name is given: the program's BTF id says where it hangs.
    let link = bpf_raw_tracepoint_open(nil, program)
    guard link >= 0 else { throw FeatureRefusal(SystemError(failed: "bpf(BPF_RAW_TRACEPOINT_OPEN)").text) }
    close(link)
  }

  /// A program hangs on a security hook also where nobody calls it: the kernel must have been started with `bpf` among its
  /// security modules, which securityfs says where it is mounted.
  func security() throws(FeatureRefusal) {
    let active = Self.read("/sys/kernel/security/lsm").split { $0 == "," || $0.isWhitespace }
    if !active.isEmpty, !active.contains("bpf") {
      throw FeatureRefusal("bpf is not among the active security modules: \(active.joined(separator: ", "))")
    }
    try hang(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, on: "bpf_lsm_syslog")
  }

  func cgroups() throws(FeatureRefusal) {
    let mounts = Self.read("/proc/self/mounts").split(separator: "\n").map { $0.split(separator: " ") }
    guard mounts.contains(where: { $0.count > 2 && $0[2] == "cgroup2" }) else {
      throw FeatureRefusal("no cgroup2 file system is mounted")
    }
    let program = Kernel.load(
      "doctor", Self.nothing.map(\.word), LoadKind(type: BPF_PROG_TYPE_CGROUP_SKB, attach: BPF_CGROUP_INET_EGRESS))
    guard program >= 0 else { throw FeatureRefusal(SystemError(failed: "bpf(BPF_PROG_LOAD) cgroup_skb").text) }
    close(program)
  }

  func tracing() throws(FeatureRefusal) {
    // Safe: the path is a C string for the call.
    guard unsafe access("/sys/kernel/tracing/events", R_OK) == 0 else {
      throw FeatureRefusal("nothing is mounted on /sys/kernel/tracing, or it is not readable")
    }
  }

  func symbols() throws(FeatureRefusal) {
    // The first symbols may truly be at 0 (per-CPU variables); where addresses are hidden, all are.
    let lines = Self.read("/proc/kallsyms", limit: 1 << 14).split(separator: "\n")
    guard lines.contains(where: { $0.prefix { $0 != " " }.contains { $0 != "0" } }) else {
      throw FeatureRefusal("/proc/kallsyms hides addresses (kernel.kptr_restrict)")
    }
  }

  private func load(_ attachment: ProgramSpec.Attachment) throws(FeatureRefusal) -> Program {
    do throws(KernelError) {
      let types = try? types.get()
      return try Program(
        ProgramSpec(name: "doctor", attachment: attachment, instructions: Self.nothing), maps: [], types: types)
    } catch { throw FeatureRefusal(error) }
  }

  /// A small file's text; empty when it cannot be read.
  private static func read(_ path: String, limit: Int = 1 << 20) -> String {
    guard let file = try? FileHandle(reading: path), let bytes = try? file.readAll(limit: limit) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
