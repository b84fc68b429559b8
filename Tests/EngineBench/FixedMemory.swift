import Dispatch
import Glibc

/// Pages of this process at addresses of the test's choosing, zero but for what is put there. One at a time has pages: tests that run side
/// by side choose the same addresses, and wait for each other.
package final class FixedMemory {
  private static let page: UInt64 = 4096
  private static let turn = DispatchSemaphore(value: 1)
  private var pages: Set<UInt64> = []
  private var hasTurn = false

  package struct Unmapped: Error {
    package var address: UInt64
    package var code: Int32
  }

  package init() {}

  deinit {
    // Safe: nobody has pointers into them; the kernel was only told numbers.
    for page in pages { unsafe munmap(UnsafeMutableRawPointer(bitPattern: UInt(page)), Int(Self.page)) }
    if hasTurn { Self.turn.signal() }
  }

  /// Puts bytes at the address, in as many pages as they reach.
  package func put(_ bytes: [UInt8], at address: UInt64) throws {
    let first = address / Self.page
    for page in first...(address + UInt64(max(1, bytes.count)) - 1) / Self.page { try map(page * Self.page) }
    // Safe: the pages were mapped, and nothing else lives in them.
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawPointer(bitPattern: UInt(address))?.copyMemory(
        from: bytes.baseAddress!, byteCount: bytes.count)
    }
  }

  /// Puts zeros in every page.
  package func clear() {
    // Safe: as above.
    for page in pages {
      unsafe UnsafeMutableRawPointer(bitPattern: UInt(page))?.initializeMemory(
        as: UInt8.self, repeating: 0, count: Int(Self.page))
    }
  }

  private func map(_ page: UInt64) throws {
    if pages.contains(page) { return }
    if !hasTurn {
      Self.turn.wait()
      hasTurn = true
    }
    // MAP_FIXED_NOREPLACE (Linux 4.17): refused where something is already.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | 0x10_0000
    let place = unsafe mmap(
      UnsafeMutableRawPointer(bitPattern: UInt(page)), Int(Self.page), PROT_READ | PROT_WRITE, flags, -1, 0)
    guard unsafe place != MAP_FAILED else { throw Unmapped(address: page, code: errno) }
    pages.insert(page)
  }
}
