import Bytes
import Events

extension RecordingReader {
  /// What another program wrote of the packet's owner: Darwin's numbers of process blocks, option 8 (pid, thread), comments of ptcpdump
  /// and rustnet, or a PKTAP header.
  var othersOwner: Owner? {
    if !optionRange.isEmpty, case .pcapng(let section) = format {
      let bytes = record.extracting(optionRange)
      var options = OptionList(bytes, swapped: section.swapped)
      var thread: Range<Int>?
      var process: UInt32?
      var effective: UInt32?
      var comments = CommentOwner()
      while let (code, value) = options.next() {
        switch code {
        case OptionCode.epbProcessThread: if value.count == 8 { thread = value }
        case OptionCode.darwinProcess: process = bytes.value(UInt32.self, value, swapped: section.swapped)
        case OptionCode.darwinEffectiveProcess: effective = bytes.value(UInt32.self, value, swapped: section.swapped)
        case OptionCode.comment: comments.read(bytes.copy(value))
        default: continue
        }
      }
      if let thread {
        let pid = bytes.integer(UInt32.self, at: thread.lowerBound, swapped: section.swapped)
        let id = bytes.integer(UInt32.self, at: thread.lowerBound + 4, swapped: section.swapped)
        return Owner(
          actor: Actor(process: ProcessID(pid: pid, start: 0), thread: id), role: .none, confidence: .low,
          reason: "epb_processid_threadid")
      }
      if let owner = darwinOwner(process: process, effective: effective) ?? comments.owner { return owner }
    }
    return isPKTAP ? pktapOwner : nil
  }
}
