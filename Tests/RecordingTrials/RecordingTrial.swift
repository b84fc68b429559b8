import Cases
import Events
import Foundation
import Glibc
import Recording
import Session

/// Everything that reads a file, over any file: packets with their evidence, flows in every grouping, the case, and a D program that asks
/// for all there is.
package struct RecordingTrial {
  private let path: String

  /// - Parameter path: where what is tried is written; it stays there when a trial crashes.
  package init(path: String) { self.path = path }

  package struct Result: Sendable {
    /// Seconds of processor time, of the slowest of the four.
    package var seconds = 0.0
    package var packets = 0
    package var owned = 0
    package var events: UInt64 = 0
    /// Something was said to be wrong with the file.
    package var isDamaged = false
  }

  /// Ends without a trap, or is a reader's bug.
  package func run(_ bytes: [UInt8]) throws -> Result {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return read()
  }

  /// The file as it stands there.
  package func read() -> Result {
    var result = Result()
    func measure(_ body: () throws -> Void) {
      let start = Self.processorTime
      do {
        try body()
      } catch TraceProblem.badProgram(let complaints) {
        fatalError("the trial's own program: \(complaints.joined())")
      } catch {
        result.isDamaged = true
      }
      result.seconds = max(result.seconds, Self.processorTime - start)
    }
    measure {
      let damage = try readPackets([path]) { packet in
        result.packets += 1
        if packet.owner?.actor != nil { result.owned += 1 }
        return true
      }
      if damage != nil { result.isDamaged = true }
    }
    measure { _ = try explain([path], .all) { _ in } }
    measure {
      let report = try readFlows([path])
      for grouping in [FlowGrouping.process, .host, .name, .container] { _ = report.grouped(by: grouping) }
    }
    measure {
      var request = CaseRequest()
      request.recording = [path]
      _ = try investigate(request) { _ in }
    }
    measure {
      var request = TraceRequest()
      request.pieces = [.init(isScript: true, label: "all.d", text: Self.program)]
      var replay = try Replay([path])
      var trace = try HostTrace(
        request, target: 1, interfaces: replay.interfaceNames, out: { _ in true }, note: { _ in })
      let end = try replay.run(&trace)
      trace.finish(at: end.time)
      result.events = end.progress.events
    }
    return result
  }

  /// Every provider, with the texts and numbers that its probes bring.
  private static let program = """
    #pragma D option quiet
    packet::: { @[execname, args[2]->ip_saddr, args[3]->if_name, args[7]->own_reason] = sum(args[0]->pkt_len); }
    packet::: { @flows[args[8]->fl_packets_in, args[4]->tcp_seq, args[5]->udp_length, args[6]->icmp_type] = count(); }
    dns::: { @names[args[9]->dns_name, args[9]->dns_address, args[9]->dns_type] = count(); }
    http::: { @pages[args[9]->http_host, args[9]->http_target, args[9]->http_user_agent] = count(); }
    tls::: { @hellos[args[9]->tls_server_name, args[9]->tls_ja3, args[9]->tls_ja4] = count(); }
    syscall:::entry { @calls[probefunc, arg0, arg1] = quantize(arg2); ustack(); }
    syscall:::return { @ends[probefunc, errno] = count(); }
    syscall::openat:entry { printf("%s %s\\n", execname, copyinstr(arg1)); }
    socket:::create, socket:::bind, socket:::connect, socket:::send, socket:::receive, socket:::close
    { @sockets[probename, args[0]->so_laddr, args[0]->so_raddr, args[0]->so_rport] = sum(arg1); }
    file:::opened { @files[execname, args[0]] = count(); }
    proc:::exec-success { printf("%s: %s\\n", args[0], curpsinfo->pr_psargs); }
    proc:::create, proc:::exit { @processes[pid, ppid, uid, arg1] = count(); }
    tick-1s { @ticks = count(); }
    """

  private static var processorTime: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
