import Capture
import Correlation
import Dissection
import Events
import Files
import Recording

/// The interfaces that a run captures from.
struct Captures: ~Copyable {
  private var live: [CaptureBox] = []
  private(set) var names: [String] = []

  init(_ interfaces: [String], filter: String) throws(TraceProblem) {
    for name in interfaces {
      var options = CaptureOptions()
      options.filter = filter
      do {
        live.append(CaptureBox(try LiveCapture(interface: name, options: options)))
        names.append(name)
      } catch {
        if case .permission = error { throw .refused("\(error)") }
        throw .input("\(error)")
      }
    }
  }

  var linkTypes: [LinkType] { live.map { $0.linkType } }
  var descriptors: [CInt] { live.map { $0.descriptor } }

  /// Dissects what waits, keeps the bytes with the output and pushes the packet on the timeline.
  mutating func drain(_ output: inout RecordingOutput, _ timeline: inout Timeline) throws(TraceProblem) {
    for index in live.indices {
      do {
        try live[index].drain(index) { info, bytes in
          let layers = dissect(bytes, link: info.linkType, wireLength: info.wireLength)
          let tag = output.keep(bytes)
          let packet = Timeline.Packet(layers: layers, info: info, namespace: 0, tag: tag)
          if !timeline.push(packet) { output.forget(tag) }
        }
      } catch {
        throw .input("\(error)")
      }
    }
  }

  var statistics: [CaptureStatistics?] { live.map { $0.statistics } }
}

/// A capture where an array of them is needed: arrays hold only what can be copied.
private final class CaptureBox {
  private var capture: LiveCapture
  init(_ capture: consuming LiveCapture) { self.capture = capture }
  var linkType: LinkType { capture.linkType }
  var descriptor: CInt { capture.descriptor }
  var statistics: CaptureStatistics? { try? capture.statistics() }
  func drain(_ index: Int, _ body: (FrameInfo, RawSpan) -> Void) throws(CaptureError) {
    while try capture.drain(1024, interface: index, body) == 1024 {}
  }
}
