import Events
import Processes

/// Runs a D program with clauses on packets live: whole in the host VM, over what the kernel's feeds and the interfaces tell.
/// - Parameter child: the request's command, at its gate.
func traceHere(
  _ request: TraceRequest, target: UInt32?, child: Child?, out: @escaping (RawSpan) -> Bool,
  note: @escaping (String) -> Void
) throws(TraceProblem) -> TraceEnd {
  var trace = try HostTrace(request, target: target, interfaces: request.interfaces, out: out, note: note)
  if request.compileOnly { return TraceEnd() }

  var wanted = ObservationRequest()
  wanted.interfaces = request.interfaces
  wanted.target = request.target
  wanted.calls = trace.calls
  var observation = try Observation(wanted, child: child)
  let end = try observation.run(&trace)
  trace.finish(at: end.time, wasInterrupted: end.wasInterrupted)
  for loss in end.losses where loss.count > 0 { note("\(request.program): \(loss.count) lost at \(loss.stage)") }
  return TraceEnd(exitStatus: trace.exitStatus)
}
