import Crypto
import Files

/// SHA-256 digests of processes' executables, each file read once.
package struct ExecutableDigests: Sendable {
  private var known: [FileIdentity: [UInt8]] = [:]
  /// Beyond so many files the table begins anew.
  private static let most = 1024

  package init() {}

  /// The 32 bytes, also when the executable's path has been deleted; empty when it cannot be read, or is longer than `limit`.
  package mutating func digest(of pid: UInt32, limit: Int = 512 << 20) -> [UInt8] {
    let path = "/proc/\(pid)/exe"
    guard let file = identity(of: path), file.size <= Int64(limit) else { return [] }
    if let digest = known[file] { return digest }
    guard let bytes = try? readFile(path, limit: limit) else { return [] }
    if known.count >= Self.most { known.removeAll() }
    let digest = Array(SHA256.hash(data: bytes))
    known[file] = digest
    return digest
  }
}
