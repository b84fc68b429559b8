import Crypto
import Files

/// The SHA-256 of a process's executable in hexadecimal, also when its path has been deleted; nil when it cannot be read.
package func executableHash(of pid: UInt32, limit: Int = 512 << 20) -> String? {
  guard let bytes = try? readFile("/proc/\(pid)/exe", limit: limit) else { return nil }
  let digits = Array("0123456789abcdef")
  return SHA256.hash(data: bytes).reduce(into: "") { text, byte in
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
}
