import BPFCode
import CBPF
import Glibc
import Synchronization

/// The reading end of a ring buffer map: the kernel's pages, read where they are.
///
/// The map's memory is a page with the consumer's position, a page with the producer's, and the data twice in a row, so that a
/// record that wraps is still in one piece (kernel/bpf/ringbuf.c). One reader a ring.
///
/// Safe: the pointers are its own mappings, which live as long as it does, and every access says why it stays inside them.
@safe
package struct RingBuffer: ~Copyable {
  package let map: Map
  private let size: Int
  private let page: Int
  private let consumerPage: UnsafeMutableRawPointer
  private let producerPage: UnsafeMutableRawPointer
  /// Where reading goes on: bytes since the ring was made.
  private var position: UInt64
  /// Headers that contradict the positions around them. The kernel does not write such; reading stops there.
  package private(set) var malformed = 0

  private static let busy: UInt32 = 1 << 31
  private static let discarded: UInt32 = 1 << 30
  private static let headerSize: UInt64 = 8

  package init(_ map: Map) throws(KernelError) {
    guard map.spec.kind == .ringBuffer else { throw .badSpec("map \(map.spec.name) is no ring buffer") }
    let size = map.spec.maxEntries
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // Safe: the lengths are those that the kernel made the map with, and both are unmapped only in deinit.
    let consumer = unsafe mmap(nil, page, PROT_READ | PROT_WRITE, MAP_SHARED, map.descriptor, 0)
    guard let consumer = unsafe consumer, unsafe consumer != MAP_FAILED else {
      throw KernelError(SystemError(failed: "mmap(\(map.spec.name))"))
    }
    let producer = unsafe mmap(nil, page + 2 * size, PROT_READ, MAP_SHARED, map.descriptor, page)
    guard let producer = unsafe producer, unsafe producer != MAP_FAILED else {
      let error = SystemError(failed: "mmap(\(map.spec.name))")
      unsafe munmap(consumer, page)
      throw KernelError(error)
    }
    self.map = map
    self.size = size
    self.page = page
    unsafe consumerPage = consumer
    unsafe producerPage = producer
    position = unsafe consumer.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
  }

  deinit {
    unsafe munmap(consumerPage, page)
    unsafe munmap(producerPage, page + 2 * size)
  }

  /// For `poll`: readable while something waits.
  package var descriptor: CInt { map.descriptor }

  /// Bytes that wait, their headers counted.
  package var waiting: Int { Int(produced &- position) }

  private var produced: UInt64 {
    // Safe: the page is mapped as long as this exists; the kernel stores the position as one aligned word.
    unsafe producerPage.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .acquiring)
  }

  /// Calls `body` with each waiting record, oldest first; the bytes are valid only during the call.
  /// - Parameter limit: records after which to stop although more wait.
  /// - Returns: records given.
  @discardableResult
  package mutating func drain(limit: Int = .max, _ body: (RawSpan) -> Void) -> Int {
    var given = 0
    while given < limit {
      let end = produced
      guard position != end else { break }
      while position != end, given < limit {
        let start = Int(position & UInt64(size - 1))
        // Safe: start is below size, and the data is mapped twice from the second page on; headers are aligned to 8.
        let header = unsafe producerPage + (page + start)
        let word = unsafe header.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .acquiring)
        // Reserved, not yet written: the program is at it on another processor. What comes after must wait.
        if word & Self.busy != 0 { return given }
        let length = UInt64(word & ~Self.discarded)
        let step = (length + Self.headerSize + 7) & ~7
        guard step <= end &- position, step <= UInt64(size) else {
          malformed += 1
          return given
        }
        if word & Self.discarded == 0 {
          // Safe: start + step is at most twice the size; the consumer's position, which keeps the kernel from writing
          // here, moves only after the call.
          body(unsafe RawSpan(_unsafeStart: UnsafeRawPointer(header) + Int(Self.headerSize), byteCount: Int(length)))
          given += 1
        }
        position &+= step
        unsafe consumerPage.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(position, ordering: .releasing)
      }
    }
    return given
  }
}
