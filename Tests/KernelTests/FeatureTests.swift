import BTF
import Kernel
import Testing

@Suite(.enabled(if: Live.allowed, "needs root and the kernel's types"), .serialized)
struct FeatureTests {
  @Test func `what the other tests use is allowed, and what is refused has a reason of one line`() throws {
    let features = Feature.probe(.success(try Live.types.get()))
    let allowed = Set(features.filter(\.isAllowed).map(\.name))
    #expect(Set(features.map(\.name)).count == features.count)
    for name in ["privileges", "BTF", "tp_btf", "raw_tp run", "ring buffer", "task storage", "perf cpu-clock"] {
      #expect(allowed.contains(name), "\(name)")
    }
    for feature in features {
      if let reason = feature.refusal { #expect(!reason.isEmpty && !reason.contains("\n"), "\(feature.name)") }
      #expect(!feature.use.isEmpty)
    }
    let sends = try Live.types.get().tracepoint(named: "sock_send_length") != nil
    #expect(allowed.contains("sock_send_length") == sends)
  }

  @Test func `without the kernel's types what needs them is refused with that reason`() throws {
    let missing = SystemError(call: "open(/sys/kernel/btf/vmlinux)", code: 2)
    let features = Feature.probe(.failure(.noBTF(missing)))
    let refused = Dictionary(uniqueKeysWithValues: features.map { ($0.name, $0.refusal) })
    #expect(refused["BTF"]??.contains("ENOENT") == true)
    #expect(refused["tp_btf"]! != nil)
    #expect(refused["iter/tcp"]! != nil)
    #expect(refused["ring buffer"]! == nil)
  }
}
