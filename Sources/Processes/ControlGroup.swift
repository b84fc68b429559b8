import Events
import Files

/// The path of the control group that names a process's container; nil when it is in none, or is gone.
///
/// /proc/PID/cgroup has a line for each hierarchy, `NUMBER:CONTROLLERS:PATH`; where version 1 is in use still, not every hierarchy
/// names the container.
package func containerGroup(of pid: UInt32) -> [UInt8]? {
  guard let bytes = try? readFile("/proc/\(pid)/cgroup", limit: 16 << 10) else { return nil }
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
    if parts.count == 3, container(ofControlGroup: Array(parts[2])) != nil { return Array(parts[2]) }
  }
  return nil
}

/// The system's unit that a process is of, `ssh.service`; nil for none. What users start themselves (user.slice) is not the system's word.
package func systemUnit(of pid: UInt32) -> String? {
  guard let text = readText("/proc/\(pid)/cgroup", limit: 16 << 10) else { return nil }
  return text.split(separator: "\n").lazy.compactMap { line -> String? in
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? systemUnit(inControlGroup: String(parts[2])) : nil
  }.first
}

/// The last part of `/system.slice/…` that is a service, a scope or a mount of systemd's.
package func systemUnit(inControlGroup path: String) -> String? {
  let parts = path.split(separator: "/")
  guard parts.first == "system.slice" else { return nil }
  return parts.last { part in [".service", ".scope", ".mount", ".socket"].contains { part.hasSuffix($0) } }
    .map(String.init)
}
