import Foundation
import Glibc

/// Two network namespaces joined by a virtual cable, for one test; `Tests/Lab/lab.sh` makes and removes them.
/// They are removed when nobody holds the lab any more, with all that still runs in them.
package final class Lab: Sendable {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// One end of the cable.
  package struct Side: Sendable {
    /// The namespace's name, as `ip netns` shows it.
    package let name: String
    package let interface: String
    package let address: String
    package let address6: String
    /// What setns(2) and `nsenter --net=` take.
    package var path: String { "/run/netns/\(name)" }
  }

  /// Where suspects run.
  package let a: Side
  /// The other machine: collectors, servers, peers.
  package let b: Side
  private let name: String

  /// `purpose` becomes part of the namespaces' names, with this process's pid and a number, so that no two labs meet.
  package init(_ purpose: String = "test") throws {
    name = "culprit-\(purpose)-\(getpid())-\(Self.numbers.next())"
    a = Side(name: "\(name)-a", interface: "vA", address: "10.200.1.1", address6: "fd00:200::1")
    b = Side(name: "\(name)-b", interface: "vB", address: "10.200.1.2", address6: "fd00:200::2")
    try Self.script("up", name)
  }

  deinit { try? Self.script("down", name) }

  private static func script(_ verb: String, _ name: String) throws {
    let run = try Child(["bash", repository + "/Tests/Lab/lab.sh", verb, name])
    guard run.wait() == .exited(0) else {
      throw Failure(description: "lab.sh \(verb) \(name): \(run.errors.joined(separator: "; "))")
    }
  }

  private static let numbers = Counter()
}

// MARK: What this machine allows, asked at run time

extension Lab {
  /// Namespaces and packet sockets need it.
  package static let isRoot = geteuid() == 0

  /// Whether two namespaces can be made here: root with CAP_NET_ADMIN and CAP_SYS_ADMIN, iproute2, and veth in the kernel.
  package static let isAllowed = isRoot && (try? Lab("allowed")) != nil

  /// Whether the kernel has BTF of its own and takes BPF programs from us (CAP_BPF and CAP_PERFMON in the initial user
  /// namespace, no seccomp filter in between): asked of the kernel, by making the smallest map there is.
  package static let hasBPF = isRoot && hasTypes && canMakeMap()

  private static var hasTypes: Bool { unsafe access("/sys/kernel/btf/vmlinux", R_OK) == 0 }

  private static func canMakeMap() -> Bool {
    #if arch(x86_64)
      let bpf = 321
    #elseif arch(arm64)
      let bpf = 280
    #endif
    typealias SystemCall = @convention(c) (Int, Int, UnsafeRawPointer?, Int) -> Int
    guard let symbol = unsafe dlsym(nil, "syscall") else { return false }
    let systemCall = unsafe unsafeBitCast(symbol, to: SystemCall.self)
    // union bpf_attr for BPF_MAP_CREATE (0): map_type 2 (an array), key_size, value_size, max_entries.
    let attributes: [UInt32] = [2, 4, 4, 1]
    return unsafe attributes.withUnsafeBytes { bytes in
      let descriptor = unsafe systemCall(bpf, 0, bytes.baseAddress, bytes.count)
      return descriptor >= 0 && close(CInt(descriptor)) == 0
    }
  }

  /// Whether every program named is on PATH: peers and judges that Debian packages bring.
  package static func has(_ programs: String...) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let directories = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
    return programs.allSatisfy { program in directories.contains { unsafe access("\($0)/\(program)", X_OK) == 0 } }
  }
}

// MARK: Where things are

extension Lab {
  /// The top of the working copy.
  package static let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/")

  /// The path of a program of this package, built beside the tests that run: `Lab.program("srg")`.
  package static func program(_ name: String) -> String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + name
  }
}

/// Hands out 1, 2, 3 … to whoever asks.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var last = 0

  func next() -> Int {
    lock.withLock {
      last += 1
      return last
    }
  }
}
