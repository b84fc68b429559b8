import DSemantics
import Glibc
import Processes
import Symbols

/// The processes that a run is for: commands that were started for it and wait for its beginning, and processes that run already. The run
/// ends when all of them have.
struct Targets {
  let children: [Child]
  let pids: [UInt32]

  /// Starts the commands and looks for the processes.
  init(_ request: TraceRequest) throws(TraceProblem) {
    var children: [Child] = []
    for command in request.commands {
      do throws(TraceProblem) {
        let child = try startChild(command)
        // Who only compiles runs nothing.
        if !request.compileOnly, let place = request.options.evaluationTime.place {
          child.hold(at: place, entry: ProgramStart.entry, start: ProgramStart.libcStart)
        }
        children.append(child)
      } catch {
        guard request.program == "dtrace", case .input(let text) = error else { throw error }
        throw .input("failed to execute \(text)")
      }
    }
    for pid in request.targets where kill(pid_t(pid), 0) != 0 && errno == ESRCH {
      throw .input(request.program == "dtrace" ? "No such process" : "there is no process \(pid)")
    }
    self.children = children
    pids = request.targets
  }

  /// What `$target` means: the first of them.
  var first: UInt32? { children.first.map { UInt32($0.pid) } ?? pids.first }

  /// Those that are there and are themselves: what they have mapped is what they run.
  var living: [UInt32] {
    children.filter { ($0.isLoaded || $0.isReleased) && $0.status() == nil }.map { UInt32($0.pid) } + pids
  }

  /// Lets the commands begin.
  func release() { for child in children { child.release() } }

  /// Ends the commands that still run.
  func terminate() { for child in children { child.terminate() } }

  /// Whether there were any, and none runs any more.
  var haveEnded: Bool {
    guard !children.isEmpty || !pids.isEmpty else { return false }
    return children.allSatisfy { $0.status() != nil } && pids.allSatisfy { kill(pid_t($0), 0) != 0 && errno == ESRCH }
  }
}

extension Options.EvaluationTime {
  /// Where a command is held; nil is at its gate, before its exec.
  fileprivate var place: Child.Place? {
    switch self {
    case .exec: nil
    case .preinit: .entry
    case .postinit, .main: .main
    }
  }
}
