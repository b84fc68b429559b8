import Bytes
package import Events
import Files

/// Names for addresses of the kernel and of processes, the dead ones too if they were seen alive.
///
/// A process is looked at when it is first asked for or announced by `notice`; its mappings are kept, and each object file is
/// read once, whoever maps it. Everything that grows is bounded, and what did not fit is counted.
package struct Symbolizer: AddressNaming, Sendable {
  private var kernel: KernelSymbols?
  /// Variables of the kernel's that are known by name although the kernel lists none, by their addresses.
  private let variables: [UInt64: String]
  private var images: [UInt32: ProcessImage] = [:]
  /// The pids of `images`, the oldest first.
  private var order: [UInt32] = []
  private var objects: [ObjectFile] = []
  private var known: [FileReader.Identity: Int] = [:]
  /// Objects that only have a name, by it.
  private var named: [String: Int] = [:]
  private var vdso: Int?
  private var weight = 0
  /// When a process was last looked at, so that a stack of many frames looks once.
  private var checked: [UInt32: ContinuousClock.Instant] = [:]

  /// Processes remembered at a time.
  package var processLimit = 4096
  /// Bytes that all object files' symbols may take.
  package var memoryLimit = 512 << 20
  /// Object files that were not read because there was no room.
  package private(set) var refused = 0

  package init(variables: [UInt64: String] = [:]) { self.variables = variables }

  /// The same with the kernel's symbols given.
  package init(kernel: KernelSymbols) {
    self.kernel = kernel
    variables = [:]
  }

  // MARK: Names

  package mutating func kernelName(of address: UInt64) -> AddressName? {
    // The kernel has the upper half of the addresses.
    if address >> 63 == 0 { return nil }
    if let variable = variables[address] { return AddressName(object: "vmlinux", symbol: variable) }
    if kernel == nil { kernel = .running() }
    return kernel?.find(address).map { AddressName(object: $0.module, symbol: $0.name, offset: $0.offset) }
  }

  package mutating func userName(of address: UInt64, in pid: UInt32) -> AddressName? {
    lookAgain(pid)
    return name(address, pid)
  }

  package mutating func userPlace(of address: UInt64, in pid: UInt32) -> AddressName? {
    lookAgain(pid)
    guard let (mapping, index) = images[pid]?.find(address), index >= 0 else { return nil }
    return AddressName(object: objects[index].name, offset: address - mapping.start)
  }

  /// A pid may have come to be another process, or another program, since.
  private mutating func lookAgain(_ pid: UInt32) {
    let clock = ContinuousClock.now
    if checked[pid].map({ clock - $0 > .milliseconds(100) }) ?? true { notice(pid) }
  }

  /// The name of an address of exactly this process; nil when the pid is another's by now and this one was not seen alive.
  package mutating func name(of address: UInt64, in process: ProcessID) -> AddressName? {
    let name = userName(of: address, in: process.pid)
    guard process.start != 0, let image = images[process.pid] else { return name }
    // /proc counts in hundredths of a second.
    return image.started == process.start / 10_000_000 ? name : nil
  }

  private func name(_ address: UInt64, _ pid: UInt32) -> AddressName? {
    guard let (mapping, index) = images[pid]?.find(address), index >= 0 else { return nil }
    let object = objects[index]
    let function = object.function(atOffset: address - mapping.start + mapping.offset)
    return AddressName(object: object.name, symbol: function?.name, offset: function?.offset ?? 0)
  }

  // MARK: Processes

  /// Looks at a process now, so that its addresses can be named when it has gone: when it is first heard of, and when it has run
  /// another program. False when there is no such process.
  @discardableResult
  package mutating func notice(_ pid: UInt32) -> Bool {
    if checked.count > processLimit { checked.removeAll() }
    checked[pid] = .now
    guard let started = startTicks(pid), let maps = try? FileReader("/proc/\(pid)/maps").readAll(limit: 16 << 20),
      !maps.isEmpty
    else { return false }
    var image = images[pid] ?? ProcessImage(started: started)
    if image.started != started { image = ProcessImage(started: started) }
    let now = Mapping.executable(maps).map { ($0, object(of: $0, in: pid)) }
    image.update(now)
    if images.updateValue(image, forKey: pid) == nil {
      order.append(pid)
      if order.count > processLimit { images[order.removeFirst()] = nil }
    }
    return true
  }

  /// Forgets a process, when nothing of it will be asked any more.
  package mutating func forget(_ pid: UInt32) {
    images[pid] = nil
    checked[pid] = nil
    order.removeAll { $0 == pid }
  }

  // MARK: Objects

  /// The object that is mapped there, read if it has not been; -1 for memory that is nobody's.
  private mutating func object(of mapping: Mapping, in pid: UInt32) -> Int {
    guard let name = mapping.name else { return -1 }
    if mapping.inode == 0 { return name == "[vdso]" ? sharedVDSO() : -1 }
    // The mapping itself leads to the very file, deleted or in another mount namespace; it takes privileges. Else the path, if it
    // still is that file. Device numbers are not compared: overlayfs and btrfs show two.
    let hex = (String(mapping.start, radix: 16), String(mapping.end, radix: 16))
    for path in ["/proc/\(pid)/map_files/\(hex.0)-\(hex.1)", "/proc/\(pid)/root\(mapping.path)", mapping.path] {
      guard let file = try? FileReader(path), file.identity.inode == mapping.inode else { continue }
      if let index = known[file.identity] { return index }
      if weight >= memoryLimit {
        refused += 1
        break
      }
      let index = add(ObjectFile(name: name, file))
      known[file.identity] = index
      return index
    }
    return nameless(name)
  }

  /// An object whose file is out of reach still has its name.
  private mutating func nameless(_ name: String) -> Int {
    if let index = named[name] { return index }
    if named.count > 1 << 16 { return -1 }
    let index = add(ObjectFile(name: name, problem: .notELF))
    named[name] = index
    return index
  }

  private mutating func add(_ object: ObjectFile) -> Int {
    objects.append(object)
    weight += object.weight
    return objects.count - 1
  }

  /// The kernel gives the same vDSO to every 64-bit process: ours is read.
  private mutating func sharedVDSO() -> Int {
    if let vdso { return vdso }
    var image: [UInt8] = []
    if let maps = try? FileReader("/proc/self/maps").readAll(limit: 16 << 20),
      let mapping = Mapping.executable(maps).first(where: { $0.path == "[vdso]" }),
      mapping.end - mapping.start <= 1 << 20
    {
      image = (try? FileReader("/proc/self/mem").read(at: mapping.start, count: Int(mapping.end - mapping.start))) ?? []
    }
    let index = add(ObjectFile(name: "[vdso]", image: image))
    vdso = index
    return index
  }
}
