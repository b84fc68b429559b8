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
