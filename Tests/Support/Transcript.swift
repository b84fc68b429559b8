import Foundation
import Glibc

/// What a child has said so far and how it ended. One thread reads both of its outputs to their ends, then reaps it, so
/// that a child never blocks on a pipe nobody reads; whoever waits is woken at each piece.
final class Transcript: @unchecked Sendable {
  enum Stream: Int { case output, errors }

  // Everything below `changed` is touched only while it is locked.
  private let changed = NSCondition()
  private var complete: [[String]] = [[], []]
  private var unfinished: [[UInt8]] = [[], []]
  private var ended: Child.End?
  /// From here on the pid may be given to another process.
  private var reaped = false
  /// Lines in the order in which they were read, from both streams: what `line` searches.
  private var read: [String] = []

  /// Takes the descriptors over; `pid` is a child of this process that nobody else waits for.
  init(output: CInt, errors: CInt, pid: pid_t) {
    Thread.detachNewThread { [self] in
      follow([output, errors])
      let end = reap(pid)
      changed.withLock {
        ended = end
        changed.broadcast()
      }
    }
  }

  func lines(of stream: Stream) -> [String] { changed.withLock { complete[stream.rawValue] } }

  var end: Child.End? { changed.withLock { ended } }

  /// Runs `body` unless the child has been reaped; it cannot be reaped meanwhile and its pid be given to another.
  func ifRunning(_ body: () -> Void) {
    changed.withLock { if !reaped { body() } }
  }

  func end(until deadline: Date) -> Child.End? {
    changed.withLock {
      while ended == nil { if !changed.wait(until: deadline) { break } }
      return ended
    }
  }

  /// `wanted` is asked with nothing locked, so that it may look at the child's other lines.
  func line(until deadline: Date, where wanted: (String) -> Bool) -> String? {
    var asked = 0
    while let lines = lines(after: asked, until: deadline) {
      if let line = lines.first(where: wanted) { return line }
      asked += lines.count
    }
    return nil
  }

  /// The lines read after the first `count` of them, at least one; nil when there will be none, or none until `deadline`.
  private func lines(after count: Int, until deadline: Date) -> [String]? {
    changed.withLock {
      while read.count == count {
        if ended != nil || !changed.wait(until: deadline) { return nil }
      }
      return Array(read[count...])
    }
  }

  /// Reads until both are at their end.
  private func follow(_ descriptors: [CInt]) {
    var watched = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while watched.contains(where: { $0.fd >= 0 }) {
      guard unsafe poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
      for index in watched.indices where watched[index].revents != 0 {
        let count = unsafe Glibc.read(watched[index].fd, &piece, piece.count)
        if count > 0 {
          take(piece[..<count], from: index)
        } else if count == 0 || errno != EINTR {
          _ = close(watched[index].fd)
          watched[index].fd = -1  // poll(2) passes over it
          finish(index)
        }
      }
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>, from index: Int) {
    changed.withLock {
      unfinished[index] += bytes
      while let newline = unfinished[index].firstIndex(of: UInt8(ascii: "\n")) {
        keep(unfinished[index][..<newline], from: index)
        unfinished[index].removeSubrange(...newline)
      }
      changed.broadcast()
    }
  }

  /// The last line need not end with a newline.
  private func finish(_ index: Int) {
    changed.withLock {
      if !unfinished[index].isEmpty { keep(unfinished[index][...], from: index) }
      unfinished[index] = []
      changed.broadcast()
    }
  }

  private func keep(_ bytes: ArraySlice<UInt8>, from index: Int) {
    let line = String(decoding: bytes, as: UTF8.self)
    complete[index].append(line)
    read.append(line)
  }

  private func reap(_ pid: pid_t) -> Child.End {
    var information = unsafe siginfo_t()
    // Waits without reaping, so that the pid stays the child's until no signal can be sent to it any more.
    while unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
    return changed.withLock {
      reaped = true
      var status: CInt = 0
      while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
      let signal = status & 0x7f
      return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
  }
}
