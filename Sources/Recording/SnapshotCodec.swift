import Bytes
import Events

// What /proc said of a process, as bytes:
//
//     state          flags u8 (1: the executable was deleted), path, digest, directory, arguments, libraries, ancestors (their
//                    count; pid, command each), start (signed nanoseconds since 1970), namespace, addresses (their count),
//                    interfaces (their count; index, name each)
//     descriptors    their count; number (signed), kind u8, flags, inode, path each

extension ByteWriter {
  mutating func append(_ state: ProcessState) {
    byte(state.isDeleted ? 1 : 0)
    counted(state.path)
    counted(state.digest)
    counted(state.directory)
    texts(state.arguments)
    texts(state.libraries)
    let ancestors = state.ancestors.prefix(EventKind.mostValues)
    unsigned(UInt64(ancestors.count))
    for ancestor in ancestors {
      unsigned(UInt64(ancestor.pid))
      counted(ancestor.command)
    }
    signed(state.started.nanoseconds)
    unsigned(state.namespace)
    let addresses = state.addresses.prefix(EventKind.mostValues)
    unsigned(UInt64(addresses.count))
    for address in addresses { self.address(address) }
    let interfaces = state.interfaces.prefix(EventKind.mostValues)
    unsigned(UInt64(interfaces.count))
    for interface in interfaces {
      unsigned(UInt64(interface.index))
      counted(interface.name)
    }
  }

  mutating func append(_ all: [DescriptorState]) {
    let descriptors = all.prefix(EventKind.mostValues)
    unsigned(UInt64(descriptors.count))
    for descriptor in descriptors {
      signed(Int64(descriptor.number))
      byte(descriptor.kind.rawValue)
      unsigned(UInt64(descriptor.flags))
      unsigned(descriptor.inode)
      counted(descriptor.path)
    }
  }
}

extension ByteCursor {
  mutating func state() throws(EventCodecError) -> ProcessState {
    var state = ProcessState()
    state.isDeleted = try flag("deleted")
    state.path = try counted()
    state.digest = try counted()
    state.directory = try counted()
    state.arguments = try texts()
    state.libraries = try texts()
    for _ in 0..<(try count()) {
      state.ancestors.append(.init(pid: try number(UInt32.self, "ancestor"), command: try counted()))
    }
    state.started = Instant(nanoseconds: try signed())
    state.namespace = try unsigned()
    for _ in 0..<(try count()) { state.addresses.append(try address()) }
    for _ in 0..<(try count()) {
      state.interfaces.append(.init(index: try number(UInt32.self, "interface"), name: try counted()))
    }
    return state
  }

  mutating func descriptors() throws(EventCodecError) -> [DescriptorState] {
    var descriptors: [DescriptorState] = []
    for _ in 0..<(try count()) {
      descriptors.append(
        DescriptorState(
          number: try number(Int32.self, "descriptor"), kind: try choice("descriptor kind"),
          flags: try number(UInt32.self, "flags"), inode: try unsigned(), path: try counted()))
    }
    return descriptors
  }
}
