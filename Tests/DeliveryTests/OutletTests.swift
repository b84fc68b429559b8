import Delivery
import Dispatch
import Files
import Foundation
import Glibc
import Synchronization
import Testing

/// Messages reach their place, or are counted.
struct OutletTests {
  /// What was told, and a wait for the next of it.
  private final class Told: Sendable {
    private let lines = Mutex<[String]>([])
    private let news = DispatchSemaphore(value: 0)

    var notice: Notice {
      { line in
        self.lines.withLock { $0.append(line) }
        self.news.signal()
      }
    }

    /// Waits for one more line than were waited for.
    func next() { news.wait() }
    var all: [String] { lines.withLock { $0 } }
  }

  private func message(_ number: Int) -> [UInt8] { Array("message \(number)".utf8) }
  private func text(_ numbers: some Sequence<Int>) -> String { numbers.map { "message \($0)\n" }.joined() }

  // MARK: Files

  @Test func `a file is appended to, and a line that somebody left unended does not take the next with it`() throws {
    let folder = try Folder()
    try "older\nhalf a li".write(toFile: folder.file("f"), atomically: true, encoding: .utf8)
    let outlet = try Outlet(to: .file(folder.file("f"))) { _ in }
    for number in 0..<3 { outlet.put(message(number)) }
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == 3 && counts.lost == 0)
    #expect(try folder.text("f") == "older\nhalf a li\n" + text(0..<3))
  }

  @Test(arguments: [1, 2, 3, 10]) func `files of a size are put aside, and so many are kept`(count: Int) throws {
    let folder = try Folder()
    let rotation = FileRotation(size: 30, count: count)
    let outlet = try Outlet(to: .file(folder.file("f")), rotation: rotation) { _ in }
    // Ten bytes each: the fourth makes a file larger than 30.
    for number in 0..<10 { outlet.put(message(number)) }
    #expect(outlet.finish(within: 60).delivered == 10)
    let newest = [0..<4, 4..<8, 8..<10].reversed().prefix(count).map { text($0) }
    #expect(try folder.names == Array(["f", "f.1", "f.2"].prefix(newest.count)))
    for (name, text) in zip(["f", "f.1", "f.2"], newest) { #expect(try folder.text(name) == text) }
  }

  @Test func `a file that somebody has renamed is begun anew when it is opened again`() throws {
    let folder = try Folder()
    let outlet = try Outlet(to: .file(folder.file("f"))) { _ in }
    outlet.put(message(1), waits: true)
    while try folder.text("f").isEmpty { sched_yield() }
    try FileManager.default.moveItem(atPath: folder.file("f"), toPath: folder.file("old"))
    outlet.reopen()
    outlet.put(message(2))
    #expect(outlet.finish(within: 60).delivered == 2)
    #expect(try folder.text("old") == "message 1\n" && folder.text("f") == "message 2\n")
  }

  @Test func `files that cannot be renamed grow, and it is told`() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.file("f.1/x"), withIntermediateDirectories: true)
    let told = Told()
    let outlet = try Outlet(
      to: .file(folder.file("f")), rotation: FileRotation(size: 30, count: 2), notice: told.notice)
    for number in 0..<10 { outlet.put(message(number)) }
    #expect(outlet.finish(within: 60).lost == 0)
    #expect(try folder.text("f") == text(0..<10))
    #expect(told.all.count >= 1 && told.all.allSatisfy { $0.contains("grows beyond its size: rename ") }, "\(told.all)")
  }

  @Test func `a file that cannot be opened is told at once`() throws {
    #expect(throws: (any Error).self) { try Outlet(to: .file("/proc/none/f")) { _ in } }
  }

  @Test func `what a full file system does not take is counted and told`() throws {
    let told = Told()
    let outlet = try Outlet(to: .file("/dev/full"), notice: told.notice)
    outlet.put(message(1))
    told.next()
    outlet.put(message(2))
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == 0 && counts.lost == 2)
    #expect(told.all == ["/dev/full: write /dev/full: No space left on device; it is tried again"])
  }

  // MARK: Streams

  @Test func `a socket gets a line a message, and what came while nobody listened`() throws {
    let folder = try Folder()
    let told = Told()
    let outlet = try Outlet(to: .stream(.unix(folder.file("s"))), notice: told.notice)
    for number in 0..<3 { outlet.put(message(number)) }
    told.next()
    #expect(told.all.count == 1 && told.all[0].contains("No such file or directory"))
    let listener = try #require(Listener(path: folder.file("s"), isStream: true))
    var connection = listener.accept()
    for number in 0..<3 { #expect(connection.line() == "message \(number)") }
    told.next()
    #expect(told.all.last?.hasSuffix("takes findings again") == true)
    // The reader goes away with its connection, and comes back.
    connection.end()
    outlet.put(message(3))
    connection = listener.accept()
    #expect(connection.line() == "message 3")
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == 4 && counts.lost == 0 && counts.breaks == 1)
  }

  @Test func `a reader that reads nothing holds nobody up, and what does not fit is counted`() throws {
    let folder = try Folder()
    let listener = try #require(Listener(path: folder.file("s"), isStream: true))
    let outlet = try Outlet(to: .stream(.unix(folder.file("s")))) { _ in }
    let connection = listener.accept()
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<100 { outlet.put(large) }
    let counts = outlet.finish(within: 0)
    // Some are in the socket or on their way; those that wait are lost with those that did not fit.
    #expect(counts.lost >= 100 - 2 && counts.delivered + counts.lost == 100, "\(counts)")
    withExtendedLifetime(connection) {}
  }

  @Test func `readers that read nothing have their time at the end together`() throws {
    let folder = try Folder()
    let listeners = try (0..<20).map { try #require(Listener(path: folder.file("s\($0)"), isStream: true)) }
    let outlets = try listeners.indices.map { try Outlet(to: .stream(.unix(folder.file("s\($0)")))) { _ in } }
    // More than a socket has room for.
    for outlet in outlets { outlet.put([UInt8](repeating: 65, count: 8 << 20)) }
    let begin = ContinuousClock.now
    let counts = Outlet.finish(outlets, within: 1)
    // One after the other they would have had twenty seconds.
    #expect(ContinuousClock.now - begin < .seconds(10))
    #expect(counts.allSatisfy { $0.delivered == 0 && $0.lost == 1 }, "\(counts)")
    withExtendedLifetime(listeners) {}
  }

  @Test func `who reads a file waits for a slow reader, and loses nothing`() throws {
    let folder = try Folder()
    let listener = try #require(Listener(path: folder.file("s"), isStream: true))
    let outlet = try Outlet(to: .stream(.unix(folder.file("s")))) { _ in }
    let connection = listener.accept()
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    let count = Outlet.mostBytes / large.count * 2
    let writer = DispatchQueue(label: "writer")
    let done = DispatchSemaphore(value: 0)
    writer.async {
      for _ in 0..<count { outlet.put(large, waits: true) }
      done.signal()
    }
    let all = count * (large.count + 1)
    #expect(connection.skip(all) == all)
    done.wait()
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == UInt64(count) && counts.lost == 0)
  }

  // MARK: syslog's ways

  @Test func `by TCP each message has its length before it, in octets`() throws {
    let listener = try #require(Listener(port: 0, isStream: true))
    let outlet = try Outlet(to: .syslog(.internet([127, 0, 0, 1], port: listener.port), .counted)) { _ in }
    let connection = listener.accept()
    let messages = ["<84>1 first", "two\nlines", "größer", "last"]
    for text in messages { outlet.put(Array(text.utf8)) }
    for text in messages { #expect(connection.counted() == text) }
    #expect(outlet.finish(within: 60).delivered == 4)
  }

  @Test func `by UDP each is a datagram, and one that nobody took is counted when that is heard`() throws {
    var listener = Listener(port: 0, isStream: false)
    let port = try #require(listener?.port)
    let outlet = try Outlet(to: .syslog(.internet([127, 0, 0, 1], port: port), .datagrams)) { _ in }
    outlet.put(Array("one".utf8))
    #expect(listener?.receive() == "one")
    listener = nil
    // The first of these is answered by an ICMP message, which loopback brings before the next is sent.
    for number in 0..<3 { outlet.put(message(number)) }
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered + counts.lost == 4 && counts.lost >= 1, "\(counts)")
  }

  @Test func `a datagram that is too long is counted, and those behind it come`() throws {
    let listener = try #require(Listener(port: 0, isStream: false))
    let outlet = try Outlet(to: .syslog(.internet([127, 0, 0, 1], port: listener.port), .datagrams)) { _ in }
    outlet.put([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 17))
    outlet.put(Array("short".utf8))
    #expect(listener.receive() == "short")
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == 1 && counts.lost == 1 && counts.reason?.contains("Message too long") == true)
  }

  @Test(arguments: [true, false]) func `the system's log is a socket of either type`(isStream: Bool) throws {
    let folder = try Folder()
    let listener = try #require(Listener(path: folder.file("log"), isStream: isStream))
    let outlet = try Outlet(to: .syslog(.unix(folder.file("log")), .datagramsOrLines)) { _ in }
    outlet.put(message(1))
    #expect(isStream ? listener.accept().line() == "message 1" : listener.receive() == "message 1")
    #expect(outlet.finish(within: 60).delivered == 1)
  }
}
