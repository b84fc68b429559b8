import Foundation

/// Threads that do one thing at a time while the caller waits: each has the kernel's thread-local state of its own, as long
/// as this lives.
package final class Workers {
  private var workers: [UInt64: Worker] = [:]

  package init() {}

  deinit { for worker in workers.values { worker.end() } }

  /// Runs the work in the thread of that number, made when it is first asked for.
  package func run<T>(in number: UInt64, _ work: () throws -> T) throws -> T {
    let worker = workers[number] ?? Worker()
    workers[number] = worker
    return try worker.run(work)
  }
}

/// Safe: `work` is touched by the caller before `begin` and after `done`, and by the thread between the two.
private final class Worker: @unchecked Sendable {
  private let begin = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private var work: (() -> Void)?

  init() {
    Thread.detachNewThread { [self] in
      while true {
        begin.wait()
        work?()
        let goesOn = work != nil
        done.signal()
        if !goesOn { return }
      }
    }
  }

  func run<T>(_ body: () throws -> T) throws -> T {
    var result: Result<T, any Error>?
    withoutActuallyEscaping(body) { body in
      work = { result = Result { try body() } }
      begin.signal()
      done.wait()
      work = {}
    }
    return try result!.get()
  }

  func end() {
    work = nil
    begin.signal()
    done.wait()
  }
}
