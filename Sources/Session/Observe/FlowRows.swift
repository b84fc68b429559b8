import Correlation
import Events

/// A report's flows, the largest first. Each is put together when it is asked for, out of what was kept of it: together they would take
/// three times the memory.
package struct FlowRows: RandomAccessCollection, Sendable {
  /// Indices of the table, in the order of the rows.
  private var order: [UInt32] = []
  private var table = FlowTable(limit: 1)
  private var notes: [FlowNote] = []
  private var owners: [Owner] = []
  private var connections = TCPConversations()
  /// By the index of the flow; nil when none were read.
  private var names: FlowNames.Found?
  private var containers = ProcessContainers()
  private var shares = FlowShares(limit: 1)

  init() {}

  init(
    table: FlowTable, notes: [FlowNote], owners: [Owner], connections: TCPConversations, names: FlowNames.Found?,
    containers: ProcessContainers, shares: FlowShares
  ) {
    self.table = table
    self.notes = notes
    self.owners = owners
    self.connections = connections
    self.names = names
    self.containers = containers
    self.shares = shares
    order = table.indicesBySize()
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { order.count }

  package subscript(position: Int) -> FlowReport.Row {
    let index = Int(order[position])
    let note = notes[index]
    let owner = note.owner == 0 ? Owner.unattributed("not-recorded") : owners[Int(note.owner) - 1]
    var row = FlowReport.Row(flow: table[index], owner: owner, isOwnedBySource: note.isOwnedBySource)
    row.shares = shares[index].map { share in
      FlowReport.Share(share, container: share.owner.actor.flatMap { containers[$0.process] })
    }
    row.tcp = connections[index]
    row.names = names?[index] ?? []
    row.container = row.owner.actor.flatMap { containers[$0.process] }
    if row.flow.key.proto == 1 || row.flow.key.proto == 58 {
      row.icmp = (UInt8(note.kind >> 8), UInt8(truncatingIfNeeded: note.kind))
    }
    return row
  }

  /// What all of them come to, from source to destination and back.
  package var total: FlowTotal {
    var total = FlowTotal()
    for index in 0..<table.count { total.add(table[index], connections[index]?.retransmissions ?? 0) }
    return total
  }
}
