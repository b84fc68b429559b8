import Bytes
import Files

/// Where the kernel's symbols are, by name. A kernel built without CONFIG_KALLSYMS_ALL lists functions only: of the variables that
/// D programs name, some are found by the kernel's own code, in an instruction of a function that reads them; x86-64 only.
package struct KernelVariables: Sendable {
  /// /proc/kallsyms.
  private let table: [UInt8]
  /// Reads the kernel's memory; nil where it cannot.
  private let read: @Sendable (_ address: UInt64, _ count: Int) -> [UInt8]?

  package init(table: [UInt8], read: @escaping @Sendable (UInt64, Int) -> [UInt8]?) {
    self.table = table
    self.read = read
  }

  /// Those of the running kernel.
  package static func running(read: @escaping @Sendable (UInt64, Int) -> [UInt8]?) -> KernelVariables {
    let table = try? FileReader("/proc/kallsyms").readAll(limit: 256 << 20)
    return KernelVariables(table: table ?? [], read: read)
  }

  /// The address of a symbol: of the module that is named, else of the kernel's own first. Nil where nothing tells.
  package func address(of name: String, module: String) -> UInt64? {
    if let listed = listed(name, module) { return listed }
    guard module.isEmpty || module == "vmlinux" else { return nil }
    if name == "linux_banner" { return bannerAddress() }
    guard let (function, wanted) = Self.readers[name], let start = listed(function, "vmlinux"),
      let code = read(start, 512)
    else { return nil }
    return Self.operands(of: code, at: start).dropFirst(wanted).first
  }

  /// Functions that read a variable, and which of their operands in memory it is, counted from 0.
  private static let readers: [String: (function: String, operand: Int)] = [
    // kernel/dma/direct.c: the highest page decides how wide addresses are.
    "max_pfn": ("dma_direct_get_required_mask", 0),
    // kernel/signal.c
    "cad_pid": ("kill_cad_pid", 0),
    // arch/x86/kernel/reboot.c
    "crashing_cpu": ("crash_nmi_callback", 0),
    // kernel/sched/loadavg.c
    "avenrun": ("get_avenrun", 0),
    // fs/proc/cmdline.c
    "saved_command_line": ("cmdline_proc_show", 0),
  ]

  // MARK: The table

  private func listed(_ name: String, _ module: String) -> UInt64? {
    let wanted = Array(name.utf8)
    var found: UInt64?
    var start = 0
    while start < table.count {
      let end = table[start...].firstIndex(of: UInt8(ascii: "\n")) ?? table.endIndex
      defer { start = end + 1 }
      // Sixteen digits, a blank, the type, a blank, the name; for a module's a tab and `[module]`.
      let nameStart = start + 19
      let nameEnd = nameStart + wanted.count
      guard nameEnd <= end, table[nameEnd - 1] == wanted[wanted.count - 1],
        nameEnd == end || table[nameEnd] == UInt8(ascii: "\t"), table[nameStart..<nameEnd].elementsEqual(wanted)
      else { continue }
      let its =
        nameEnd == end
        ? "vmlinux" : String(decoding: table[nameEnd..<end].dropFirst(2).dropLast(), as: UTF8.self)
      guard module.isEmpty || module == its,
        let address = UInt64(String(decoding: table[start..<start + 16], as: UTF8.self), radix: 16), address != 0
      else { continue }
      if its == "vmlinux" { return address }
      found = found ?? address
    }
    return found
  }

  // MARK: The kernel's code

  /// The addresses in memory that instructions compute from their own, in order: `mov`, `cmp` with a register, without a
  /// segment's prefix (those are per-CPU).
  static func operands(of code: [UInt8], at start: UInt64) -> [UInt64] {
    var found: [UInt64] = []
    var index = 0
    while index + 6 <= code.count {
      let isMove = [0x8b, 0x89, 0x39, 0x3b].contains(code[index]) && code[index + 1] & 0xc7 == 0x05
      guard isMove else {
        index += 1
        continue
      }
      let before = code[max(0, index - 2)..<index]
      let displacement = (0..<4).reduce(UInt32(0)) { $0 | UInt32(code[index + 2 + $1]) << (8 * UInt32($1)) }
      index += 6
      if before.contains(0x65) { continue }
      found.append(start &+ UInt64(index) &+ UInt64(bitPattern: Int64(Int32(bitPattern: displacement))))
    }
    return found
  }

  /// `linux_banner` is what /proc/version says, and lies among the constants.
  private func bannerAddress() -> UInt64? {
    guard let banner = try? FileReader("/proc/version").readAll(limit: 1 << 12), banner.count > 16,
      let start = listed("__start_rodata", "vmlinux")
    else { return nil }
    let step = 32_768
    let end = listed("__end_rodata", "vmlinux") ?? start + (32 << 20)
    var position = start
    while position < end, let piece = read(position, step + banner.count) {
      if let offset = piece.firstOffset(of: banner) { return position + UInt64(offset) }
      position += UInt64(step)
    }
    return nil
  }
}

extension [UInt8] {
  /// Where the bytes stand first.
  fileprivate func firstOffset(of wanted: [UInt8]) -> Int? {
    guard count >= wanted.count, let first = wanted.first else { return nil }
    var index = 0
    while index <= count - wanted.count {
      guard let next = self[index...].firstIndex(of: first), next <= count - wanted.count else { return nil }
      if self[next..<next + wanted.count].elementsEqual(wanted) { return next }
      index = next + 1
    }
    return nil
  }
}
