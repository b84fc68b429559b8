import Events

/// What a writer knows of processes, and which of them the file describes as they are now.
struct ProcessTable {
  private var records: [ProcessID: (record: ProcessRecord, written: Bool)] = [:]
  /// Beyond this the table begins anew; processes still in use are then described again.
  private static let limit = 16 << 10

  /// The same for a file that describes none of them yet.
  var unwritten: ProcessTable {
    var table = self
    table.records = records.mapValues { ($0.record, false) }
    return table
  }

  subscript(process: ProcessID) -> ProcessRecord? { records[process]?.record }

  /// Takes in what an event says of its actor: the program it became, or the child that runs it too.
  mutating func learn(_ event: Event) {
    guard case .process(let what) = event.what else { return }
    if records.count >= Self.limit { records.removeAll() }
    switch what {
    case .exec(let path, let arguments, _), .found(let path, let arguments):
      var record = ProcessRecord(event.actor)
      record.path = path
      record.arguments = arguments
      records[event.actor.process] = (record, false)
    case .create(let child):
      var record = records[event.actor.process]?.record ?? ProcessRecord(event.actor)
      record.process = child
      record.parent = event.actor.process.pid
      records[child] = (record, false)
    case .exit: break
    }
  }

  /// The record of the actor's process; `isNew` when the file does not hold it yet: the caller writes it.
  mutating func use(_ actor: Actor) -> (record: ProcessRecord, isNew: Bool) {
    if let found = records[actor.process] {
      if !found.written { records[actor.process]?.written = true }
      return (found.record, !found.written)
    }
    if records.count >= Self.limit { records.removeAll() }
    let record = ProcessRecord(actor)
    records[actor.process] = (record, true)
    return (record, true)
  }
}
