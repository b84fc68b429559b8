import DSemantics
import Files
import Glibc
import IR
import Probes
import Symbols
import Synchronization

/// Makes the probes of `pid` providers: who runs what code, from /proc, and its functions, from the files.
final class ProcessCode: Sendable {
  /// What a process has mapped, its program first.
  private struct Image: Sendable {
    var objects: [CodeObject]
  }

  private let known = Mutex<(images: [UInt32: Image], files: [String: CodeObject])>(([:], [:]))
  /// Processes that wait at their gates: the program that each will become.
  private let awaited: [UInt32: String]

  /// What this program is called.
  private let program: String

  /// - Parameters:
  ///   - awaited: the commands of the run that are not themselves yet.
  ///   - program: what this program is called.
  init(awaited: [UInt32: String], program: String) {
    self.awaited = awaited
    self.program = program
  }

  var probes: ProcessProbes {
    ProcessProbes { provider, module, function, name throws(ProcessProbes.Problem) in
      try self.make(provider, module, function, name)
    }
  }

  /// More probes than anybody waits for.
  static let limit = 1 << 16

  private func make(
    _ provider: String, _ module: String, _ function: String, _ name: String
  ) throws(ProcessProbes.Problem) -> [ProcessProbes.Made] {
    let bytes = Array(provider.utf8)
    let prefix = bytes.lastIndex { $0 < UInt8(ascii: "0") || $0 > UInt8(ascii: "9") }.map { $0 + 1 } ?? 0
    guard let pid = UInt32(String(decoding: bytes[prefix...], as: UTF8.self)) else {
      return staticProbes(
        provider, module, function, name, of: listDirectory("/proc").compactMap { UInt32($0) }.sorted())
    }
    guard glob(provider, "pid\(pid)") else { return staticProbes(provider, module, function, name, of: [pid]) }
    guard pid > 0 else { throw .init(tag: "D_PROC_BADPID", text: "'\(provider)' does not contain a valid pid") }
    if pid == UInt32(getpid()) { throw .init(tag: "D_PROC_DYN", text: "process \(pid) is \(program) itself") }
    guard let image = image(of: pid) else {
      throw .init(tag: "D_PROC_GRAB", text: "failed to grab process \(pid)")
    }
    let isGlob = module.isEmpty || isPattern(module)
    var objects = image.objects
    if function == "-" {
      guard module.isEmpty || objects.first.map({ matches(module, $0, isFirst: true) }) == true, !isPattern(module)
      else {
        throw .init(tag: "D_PROC_LIB", text: "only the a.out module is valid with the '-' function")
      }
      if name.isEmpty || isPattern(name) {
        throw .init(
          tag: "D_PROC_NAME", text: "only individual addresses may be specified with the '-' function")
      }
      objects = Array(objects.prefix(1))
    } else if !isGlob {
      objects = objects.enumerated().first { matches(module, $1, isFirst: $0 == 0) }.map { [$1] } ?? []
    } else {
      objects = objects.enumerated().filter { module.isEmpty || matches(module, $1, isFirst: $0 == 0) }.map(\.element)
    }
    var made: [ProcessProbes.Made] = []
    for object in objects {
      for found in try functions(function, name, of: object, isOnly: !isGlob) {
        try probes(of: found, name, object, pid, &made)
        if made.count > Self.limit {
          throw .init(
            tag: "D_PROC_CREATEFAIL",
            text: "failed to create probes of process \(pid): there are more than \(Self.limit)")
        }
      }
    }
    return made
  }

  private func functions(
    _ function: String, _ name: String, of object: CodeObject, isOnly: Bool
  ) throws(ProcessProbes.Problem) -> [CodeObject.Function] {
    if function == "-" { return [.init(name: "-", offset: 0, size: .max)] }
    if function.isEmpty || isPattern(function) {
      return object.functions { !$0.contains(".") && (function.isEmpty || glob(function, $0)) }
    }
    guard let named = object.functions(named: function).first else {
      guard isOnly else { return [] }
      throw .init(tag: "D_PROC_FUNC", text: "failed to lookup '\(function)' in module '\(object.name)'")
    }
    // By the best of its names.
    return object.functions.first { $0.offset == named.offset }.map { [$0] } ?? []
  }

  private func probes(
    of function: CodeObject.Function, _ name: String, _ object: CodeObject, _ pid: UInt32,
    _ made: inout [ProcessProbes.Made]
  ) throws(ProcessProbes.Problem) {
    func add(_ name: String, at offset: UInt64) {
      let place = UserPlace(path: object.path, offset: function.offset + offset, pid: pid)
      made.append(
        .init(
          provider: "pid\(pid)",
          probe: pidProbe(module: object.name, function: function.name, name: name, place: place)))
    }
    let everything = name.isEmpty || isPattern(name)
    let accepts = { (candidate: String) in name.isEmpty || glob(name, candidate) }
    let before = made.count
    if function.name != "-" {
      if accepts("return") { add("return", at: 0) }
      if accepts("entry") { add("entry", at: 0) }
    }
    if everything {
      for offset in object.instructions(of: function) {
        let text = String(offset, radix: 16)
        if accepts(text) { add(text, at: offset) }
      }
    } else if made.count == before {
      let digits = name.hasPrefix("0x") ? name.dropFirst(2) : name[...]
      guard let offset = UInt64(digits, radix: 16) else {
        throw .init(tag: "D_PROC_NAME", text: "'\(name)' is an invalid probe name")
      }
      guard offset < function.size else {
        throw .init(
          tag: "D_PROC_OFF",
          text: "offset 0x\(String(offset, radix: 16)) outside of function '\(function.name)'")
      }
      if function.name == "-" {
        guard let place = object.offset(ofAddress: offset) else { return }
        add(name, at: place)
      } else {
        add(String(offset, radix: 16), at: offset)
      }
    }
  }

  /// Whether a description's module means the object: by its name, with or without what follows `.so`, or `a.out` for the program.
  func matches(_ module: String, _ object: CodeObject, isFirst: Bool) -> Bool {
    if glob(module, object.name) || isFirst && glob(module, "a.out") { return true }
    return !isPattern(module) && object.name.hasPrefix(module + ".")
  }

  // MARK: Processes

  /// The files that a process has mapped, or will have, its program first.
  func paths(of pid: UInt32) -> [String]? {
    guard let awaited = awaited[pid] else { return LoadedObjects.ofProcess(pid) }
    let program = LoadedObjects.interpreter(of: awaited)
    return [program] + LoadedObjects.ofProgram(program)
  }

  /// A file, read once.
  func object(_ path: String) -> CodeObject? {
    if let file = known.withLock({ $0.files[path] }) { return file }
    guard let file = try? CodeObject(path: path) else { return nil }
    known.withLock { $0.files[path] = file }
    return file
  }

  private func image(of pid: UInt32) -> Image? {
    if let image = known.withLock({ $0.images[pid] }) { return image }
    guard let paths = paths(of: pid) else { return nil }
    let image = Image(objects: paths.compactMap { object($0) })
    known.withLock { $0.images[pid] = image }
    return image
  }
}
