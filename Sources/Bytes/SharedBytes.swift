/// Bytes that nobody changes and that stay where they are until their last owner lets go: a mapped file, or a copy.
///
/// Safe: whoever makes one promises the bytes' number and life; readers get a span that cannot outlive the owner.
@safe @usableFromInline
package final class SharedBytes: @unchecked Sendable {
  @usableFromInline let start: UnsafeRawPointer
  @usableFromInline package let count: Int
  private let release: @Sendable (UnsafeRawPointer, Int) -> Void

  /// - Parameters:
  ///   - start: `count` readable bytes that do not change.
  ///   - release: called once with both when the last owner lets go.
  package init(
    adopting start: UnsafeRawPointer, count: Int, release: @escaping @Sendable (UnsafeRawPointer, Int) -> Void
  ) {
    unsafe self.start = start
    self.count = count
    unsafe self.release = release
  }

  /// A copy of `bytes`.
  package convenience init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    // Safe: the copy has room for the bytes, and is deallocated once.
    unsafe copy.copyBytes(from: bytes)
    unsafe self.init(adopting: UnsafeRawPointer(copy.baseAddress!), count: bytes.count) { start, _ in
      unsafe start.deallocate()
    }
  }

  deinit { unsafe release(start, count) }

  @inlinable
  package var span: RawSpan {
    @_lifetime(borrow self)
    get {
      // Safe: start and count are what the owner promised, and the span cannot outlive this object.
      let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }
}
