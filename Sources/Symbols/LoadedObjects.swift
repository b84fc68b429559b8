import Files

/// Which files' code a process runs.
package enum LoadedObjects {
  /// What it has mapped for execution, its program first, as paths that lead there from here; nil when there is no such process.
  package static func ofProcess(_ pid: UInt32) -> [String]? {
    guard let maps = try? FileReader("/proc/\(pid)/maps").readAll(limit: 16 << 20), !maps.isEmpty else { return nil }
    var paths: [String] = []
    if let program = readLink("/proc/\(pid)/exe") { paths.append(reachable(program, of: pid)) }
    for mapping in Mapping.executable(maps) where mapping.inode != 0 && mapping.path.hasPrefix("/") {
      let path = reachable(mapping.path, of: pid)
      if !paths.contains(path) { paths.append(path) }
    }
    return paths
  }

  /// The process may see other files under its paths than this one.
  private static func reachable(_ path: String, of pid: UInt32) -> String {
    let inside = "/proc/\(pid)/root" + path
    guard let here = try? FileReader(path), let there = try? FileReader(inside) else {
      return (try? FileReader(inside)) == nil ? path : inside
    }
    return here.identity == there.identity ? path : inside
  }

  /// The libraries that a program will have when it begins: those it asks for, and those they ask for, sought as ld.so(8) does.
  package static func ofProgram(_ program: String) -> [String] {
    var found: [String] = []
    var names: Set<String> = []
    var waiting = [program]
    while !waiting.isEmpty, found.count < 1024 {
      let path = waiting.removeFirst()
      guard let object = try? CodeObject(path: path) else { continue }
      let origin = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      let own = object.runPath.map { expanded($0, origin: origin) }
      for name in object.needed where names.insert(name).inserted {
        let candidates = name.contains("/") ? [name] : (own + directories).map { $0 + "/" + name }
        guard let library = candidates.first(where: { (try? FileReader($0)) != nil }) else { continue }
        found.append(library)
        waiting.append(library)
      }
    }
    return found
  }

  /// The program that the kernel runs for a file: itself, or the interpreter that its first line names (execve(2)).
  package static func interpreter(of program: String) -> String {
    var path = program
    // The kernel follows five.
    for _ in 0..<5 {
      guard let head = try? FileReader(path).read(at: 0, count: 256), head.starts(with: Array("#!".utf8)) else { break }
      let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }.split {
        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
      }
      guard let first = line.first else { break }
      path = String(decoding: first, as: UTF8.self)
    }
    return path
  }

  private static func expanded(_ path: String, origin: String) -> String {
    for variable in ["$ORIGIN", "${ORIGIN}"] where path.hasPrefix(variable) {
      return origin + path.dropFirst(variable.count)
    }
    return path
  }

  /// What the environment says, then the configuration of ld.so, then its own.
  private static var directories: [String] {
    var paths: [String] = []
    for entry in ((try? readFile("/proc/self/environ")) ?? []).split(separator: 0) {
      let text = String(decoding: entry, as: UTF8.self)
      if text.hasPrefix("LD_LIBRARY_PATH=") { paths += text.dropFirst(16).split(separator: ":").map(String.init) }
    }
    for file in listDirectory("/etc/ld.so.conf.d").sorted() where file.hasSuffix(".conf") {
      let lines = (readText("/etc/ld.so.conf.d/" + file) ?? "").split(separator: "\n")
      paths += lines.filter { $0.hasPrefix("/") }.map(String.init)
    }
    return paths + ["/lib64", "/usr/lib64", "/lib", "/usr/lib"]
  }
}
