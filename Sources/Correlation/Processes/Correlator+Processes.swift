import Events

extension Correlator {
  mutating func observe(_ event: ProcessEvent, by actor: Actor, at time: Int64) {
    switch event {
    case .create(let child): fork(child, by: actor, at: time)
    case .exec(let path, let arguments, _):
      processes.become(actor, path: path, arguments: arguments, at: time, found: false)
    case .found(let path, let arguments):
      processes.become(actor, path: path, arguments: arguments, at: time, found: true)
    case .exit(let status): exit(actor, status: status, at: time)
    }
  }

  /// The child holds what its parent holds.
  private mutating func fork(_ child: ProcessID, by actor: Actor, at time: Int64) {
    let party = processes.create(child, by: actor, at: time)
    guard let parent = processes.slot(of: actor.process), processes.slot(of: party) != nil else { return }
    for reference in processes.entries[parent].sockets {
      guard let slot = sockets.slot(of: reference),
        let user = sockets.entries[slot].users.firstIndex(where: { $0.party.process == actor.process }),
        sockets.entries[slot].users[user].released == .max
      else { continue }
      _ = use(slot, by: party, .hold, at: time)
    }
  }

  /// The kernel closes what the process held.
  private mutating func exit(_ actor: Actor, status: Int32, at time: Int64) {
    guard let process = processes.exit(actor, status: status, at: time) else { return }
    let id = processes.entries[process].id
    for reference in processes.entries[process].sockets {
      guard let slot = sockets.slot(of: reference) else { continue }
      release(slot, by: id, at: time)
    }
  }
}
