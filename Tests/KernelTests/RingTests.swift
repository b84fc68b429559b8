import BPFCode
import Bytes
import Foundation
import Kernel
import Testing

@Suite(.enabled(if: Live.allowed, "needs root and the kernel's types"), .serialized)
struct RingTests {
  /// A program that gives its context's first word to the ring.
  static func object() throws(KernelError) -> LoadedObject {
    let code =
      [Assembly.load(2, 1, at: 0), Assembly.store(10, at: -8, 2)] + Assembly.wide(1) + [
        Assembly.copy(2, 10), Assembly.add(2, -8), Assembly.set(3, 8), Assembly.set(4, 0),
        Assembly.call(Assembly.ringOutput), Assembly.exit,
      ]
    return try LoadedObject(
      loading: ObjectSpec(
        maps: [MapSpec(name: "ring", kind: .ringBuffer, keySize: 0, valueSize: 0, maxEntries: 4096)],
        programs: [
          ProgramSpec(
            name: "emit", attachment: .called, instructions: code, mapReferences: [.init(instruction: 2, map: 0)])
        ]), types: nil)
  }

  @Test func `nothing is lost or doubled while a program on another processor writes`() throws {
    let count: UInt64 = 20_000
    let object = try Self.object()
    var ring = try RingBuffer(object.maps[0])
    let program = object.programs[0]
    let writer = Thread {
      var next: UInt64 = 0
      while next < count {
        // Not zero: the ring is full; again.
        guard let result = try? program.run([next], cpu: CPUs.online.last!) else { return }
        if result == 0 { next += 1 }
      }
    }
    writer.start()
    var expected: UInt64 = 0
    var wrong = 0
    while expected < count {
      guard try ring.wait(within: 10_000) == .data else { break }
      ring.drain { bytes in
        if bytes.byteCount != 8 || bytes.littleEndian(UInt64.self, at: 0) != expected { wrong += 1 }
        expected += 1
      }
    }
    #expect(expected == count)
    #expect(wrong == 0)
    #expect(ring.malformed == 0)
    #expect(ring.waiting == 0)
  }

  @Test func `a signal wakes the wait and is noted once`() throws {
    let ring = try RingBuffer(Self.object().maps[0])
    let waker = try Waker()
    try Interrupts.watch([SIGUSR1], waking: waker)
    #expect(Interrupts.take() == [])
    kill(getpid(), SIGUSR1)
    // Another thread may take the signal; the wait ends all the same.
    while try ring.wait(within: 10_000, or: waker) == .nothing {}
    #expect(waker.reset())
    #expect(Interrupts.take() == [SIGUSR1])
    #expect(Interrupts.take() == [])
  }

  @Test func `what is no ring cannot be read as one`() throws {
    let map = try Map(MapSpec(name: "a", kind: .array, keySize: 4, valueSize: 8, maxEntries: 1))
    #expect(throws: KernelError.self) { _ = try RingBuffer(map) }
    #expect(throws: KernelError.self) { _ = try MappedArray(map) }
  }
}
