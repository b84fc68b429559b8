import AllocationCount
import Application
import Bytes
import Correlation
import Dissection
import Events
import Glibc
import SampleTraffic

/// What a packet costs in here: its headers read, and its conversation found and counted.
func measureDissection() throws {
  heading("nanoseconds a packet, frames in memory", goal: "15 for dissection, no allocation")
  let parts: [(String, String, Recorders, allocations: Double, instructions: Double)] = [
    ("dissection", "dissector", [], 0, 290), ("dissection and flow table", "recorder", .flows, 0, 600),
    ("dissection, flow table and TCP", "connections", [.flows, .connections], 0, 780),
    (
      "dissection, flow table and messages: half of the flows speak HTTP, TLS or DNS", "reader", [.flows, .messages],
      0.6, 5300
    ),
  ]
  for (name, part, recording, mostAllocations, mostInstructions) in parts {
    let speaks = recording.contains(.messages)
    let (sample, rounds) = speaks ? (speakingSample(), 1) : (Sample(), 20)
    var times = Samples()
    dissectRounds(rounds, sample, recording: recording)
    for _ in 0..<25 {
      let start = processorTime()
      dissectRounds(rounds, sample, recording: recording)
      times.values.append(Double(processorTime() - start) / Double(rounds * sample.count))
    }
    report(name, times, "ns")
    // A table is filled in either count; what the second has more is the packets'.
    let allocations = [20, 220].map { rounds in
      let before = allocation_count()
      dissectRounds(rounds, sample, recording: recording)
      return Double(allocation_count() - before)
    }
    Gates.show(
      (allocations[1] - allocations[0]) / Double(200 * sample.count), "allocations a packet", decimals: 4,
      atMost: mostAllocations)
    try reportInstructions(part, each: sample.count, of: "packet", atMost: mostInstructions)
  }
}

/// Frames of conversations that speak: so many that their connections go on as they do.
func speakingSample() -> Sample {
  var traffic = Traffic(speaks: true)
  return Sample(&traffic, count: 1 << 15)
}

/// What counts or reads each packet.
struct Recorders: OptionSet {
  let rawValue: Int
  static let flows = Recorders(rawValue: 1)
  /// What TCP's headers say of the flows.
  static let connections = Recorders(rawValue: 2)
  /// What applications say.
  static let messages = Recorders(rawValue: 4)
}

/// Dissects the sample so many times, and has each packet counted.
@inline(never)
func dissectRounds(_ rounds: Int, _ sample: Sample, recording: Recorders) {
  let frames = RawSpan(_elements: sample.bytes.span)
  var layers = Layers(link: 0, wireLength: 0, capturedLength: 0)
  var table = FlowTable(seed: 1)
  var connections = TCPConversations()
  var conversations = Conversations()
  var said = 0
  var seen: UInt64 = 0
  for _ in 0..<rounds {
    // The same segments again would be known.
    if recording.contains(.messages) { (table, conversations) = (FlowTable(seed: 1), Conversations()) }
    var start = 0
    for index in 0..<sample.count {
      let end = sample.ends[index]
      dissect(frames.extracting(start..<end), link: .ethernet, wireLength: end - start, into: &layers)
      let time = sample.times[index]
      if recording.contains(.flows), let recorded = table.record(layers, at: time) {
        if recording.contains(.connections), layers.transport == .tcp {
          connections.record(layers, recorded, at: time)
        }
        let flow = (recorded.index, recorded.isNew, recorded.isForward)
        if recording.contains(.messages),
          conversations.read(layers, frames.extracting(start..<end), flow: flow, at: time)
        {
          said &+= 1
        }
      }
      seen &+= UInt64(layers.sourcePort)
      start = end
    }
  }
  // Nothing that nobody needs is computed.
  precondition(
    seen > 0 && (!recording.contains(.flows) || table.count > 0) && (said > 0) == recording.contains(.messages))
}
