import CPcap
import Glibc

// setns(2) is a GNU extension that Swift's Glibc does not show; syscall(2) is variadic, so the shim has a function for
// it.

/// Runs `body` with the calling thread in the network namespace at `path` (`/run/netns/NAME`, `/proc/PID/ns/net`), and
/// comes back; with nil it just runs it. A socket stays in the namespace where it was made, so a capture needs this
/// only while it is opened.
///
/// The namespace is the thread's: `body` must not wait for anything that continues on another thread.
func inNetworkNamespace<Value: ~Copyable>(
  _ path: String?, _ body: () throws(CaptureError) -> Value
) throws(CaptureError) -> Value {
  guard let path else { return try body() }
  // Safe: the strings are passed as C strings for the calls.
  let home = unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
  guard home >= 0 else { throw .namespace("/proc/thread-self/ns/net", words: words(errno)) }
  defer { close(home) }
  let there = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard there >= 0 else { throw .namespace(path, words: words(errno)) }
  defer { close(there) }
  guard culprit_enter_network_namespace(there) == 0 else {
    let code = errno
    if code == EPERM { throw .permission(interface: path, words: words(code)) }
    throw .namespace(path, words: words(code))
  }
  let result: Result<Value, CaptureError>
  do throws(CaptureError) { result = .success(try body()) } catch { result = .failure(error) }
  guard culprit_enter_network_namespace(home) == 0 else {
    throw .notReturned(namespace: path, words: words(errno))
  }
  return try result.get()
}

/// The cookie of the network namespace that a socket was made in, as kernel events name it; 0 where the kernel does not say
/// (`SO_NETNS_COOKIE`, Linux 5.14).
func namespaceCookie(of socket: CInt) -> UInt64 {
  let option: CInt = 71
  var cookie: UInt64 = 0
  var size = socklen_t(MemoryLayout<UInt64>.size)
  // Safe: the kernel writes at most the eight bytes that it is told of.
  return unsafe getsockopt(socket, SOL_SOCKET, option, &cookie, &size) == 0 ? cookie : 0
}

/// The kernel's words for an errno.
func words(_ code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 128)
  // Safe: the call writes at most the count it is given, with a NUL; 128 bytes hold every message of glibc.
  guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
