import Bytes
import Files

/// Where the kernel's symbols are, by name. A kernel built without CONFIG_KALLSYMS_ALL lists functions only: of the variables that
/// D programs name, some are found by the kernel's own code, in an instruction of a function that reads them (x86-64 only), and believed
/// when what lies there is what the kernel tells of them elsewhere.
package struct KernelVariables: Sendable {
  /// /proc/kallsyms.
  private let table: [UInt8]
  /// Reads the kernel's memory; nil where it cannot.
  private let read: @Sendable (_ address: UInt64, _ count: Int) -> [UInt8]?
  /// What a file of /proc says.
  private let told: @Sendable (_ path: String) -> String
  /// The offset of a member in a structure of the kernel's, bytes.
  private let offset: @Sendable (_ record: String, _ member: String) -> Int?

  package init(
    table: [UInt8], read: @escaping @Sendable (UInt64, Int) -> [UInt8]?,
    offset: @escaping @Sendable (String, String) -> Int? = { _, _ in nil },
    told: @escaping @Sendable (String) -> String
  ) {
    self.table = table
    self.read = read
    self.offset = offset
    self.told = told
  }

  /// Those of the running kernel.
  package static func running(
    read: @escaping @Sendable (UInt64, Int) -> [UInt8]?, offset: @escaping @Sendable (String, String) -> Int?
  ) -> KernelVariables {
    let table = try? FileReader("/proc/kallsyms").readAll(limit: 256 << 20)
    return KernelVariables(table: table ?? [], read: read, offset: offset) { path in
      String(decoding: (try? FileReader(path).readAll(limit: 1 << 20)) ?? [], as: UTF8.self)
    }
  }

  /// The address of a symbol: of the module that is named, else of the kernel's own first. Nil where nothing tells.
  package func address(of name: String, module: String) -> UInt64? {
    if let listed = listed(name, module) { return listed }
    guard module.isEmpty || module == "vmlinux" else { return nil }
    switch name {
    case "linux_banner": return bannerAddress()
    case "init_uts_ns": return firstNames()
    case "empty_zero_page": return zeroPage()
    default: break
    }
    guard let reader = Reader(rawValue: name), let start = listed(reader.function, "vmlinux"),
      let code = read(start, 512), let operand = Self.operands(of: code, at: start).first,
      let address = beginning(reader, from: operand)
    else { return nil }
    return isProved(reader, at: address) ? address : nil
  }

  /// Variables whose address is the first operand in memory of a function that reads them.
  private enum Reader: String {
    case highestPage = "max_pfn"
    case crashingCPU = "crashing_cpu"
    case averages = "avenrun"
    case commandLine = "saved_command_line"
    case firstTask = "init_task"
    case controlAltDelete = "cad_pid"
    case ticks = "jiffies"
    case processors = "nr_cpu_ids"

    var function: String {
      switch self {
      // kernel/dma/direct.c: the highest page decides how wide addresses are.
      case .highestPage: "dma_direct_get_required_mask"
      // arch/x86/kernel/reboot.c
      case .crashingCPU: "crash_nmi_callback"
      // kernel/sched/loadavg.c
      case .averages: "get_avenrun"
      // fs/proc/cmdline.c
      case .commandLine: "cmdline_proc_show"
      // kernel/sched/core.c: over all tasks, from the first one's list on.
      case .firstTask: "show_state_filter"
      // kernel/signal.c
      case .controlAltDelete: "kill_cad_pid"
      // kernel/time/jiffies.c: the clock that ticks are.
      case .ticks: "jiffies_read"
      // lib/cpumask.c: how far it looks.
      case .processors: "cpumask_any_distribute"
      }
    }
  }

  /// Where the variable begins of which the function reads that place.
  private func beginning(_ reader: Reader, from operand: UInt64) -> UInt64? {
    guard reader == .firstTask else { return operand }
    return offset("task_struct", "tasks").map { operand &- UInt64($0) }
  }

  /// Whether what lies at the address is what the kernel says of the variable elsewhere.
  private func isProved(_ reader: Reader, at address: UInt64) -> Bool {
    switch reader {
    case .highestPage: return number(at: address, 8) == lastPage
    // No CPU has crashed.
    case .crashingCPU: return number(at: address, 4) == 0xffff_ffff
    case .averages:
      // Fixed point, eleven bits behind the point; rounded in /proc/loadavg, which may be a moment older.
      guard let load = told("/proc/loadavg").split(separator: " ").first.flatMap({ Double($0) }),
        let average = number(at: address, 8)
      else { return false }
      return abs(Double(average) / 2048 - load) < 0.2
    case .commandLine:
      let line = Array(told("/proc/cmdline").utf8.drop { $0 == 10 }.prefix { $0 != 10 })
      guard !line.isEmpty, let text = number(at: address, 8) else { return false }
      return read(text, line.count + 1) == line + [0]
    case .firstTask:
      // The idle task of the first CPU.
      guard let name = offset("task_struct", "comm") else { return false }
      return read(address &+ UInt64(name), 10) == Array("swapper/0".utf8) + [0]
    case .controlAltDelete:
      // Init, unless somebody wrote another into /proc/sys/kernel/cad_pid, which says so.
      guard let identity = number(at: address, 8), let number = offset("pid", "numbers") else { return false }
      return self.number(at: identity &+ UInt64(number), 4).map(String.init)
        == told("/proc/sys/kernel/cad_pid").split(separator: "\n").first.map(String.init)
    case .ticks:
      // A moment later than it was told.
      guard let line = told("/proc/timer_list").split(separator: "\n").first(where: { $0.hasPrefix("jiffies: ") }),
        let before = UInt64(line.dropFirst(9)), let now = number(at: address, 8)
      else { return false }
      return now &- before < 100_000
    case .processors:
      // `0-7`, `0`
      let last = told("/sys/devices/system/cpu/possible").split { $0 == "-" || $0 == "," || $0 == "\n" }.last
      guard let last = last.flatMap({ UInt64($0) }) else { return false }
      return number(at: address, 4) == last + 1
    }
  }

  private func number(at address: UInt64, _ count: Int) -> UInt64? {
    read(address, count)?.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The end of the last zone (/proc/zoneinfo).
  private var lastPage: UInt64 {
    var (spanned, last): (UInt64, UInt64) = (0, 0)
    for line in told("/proc/zoneinfo").split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" })
      guard words.count == 2, let number = UInt64(words[1]) else { continue }
      if words[0] == "spanned" { spanned = number }
      if words[0] == "start_pfn", spanned > 0 { last = max(last, number + spanned) }
    }
    return last
  }

  /// `init_uts_ns`: what the first task calls the machine (include/linux/nsproxy.h).
  private func firstNames() -> UInt64? {
    guard let task = address(of: "init_task", module: ""), let proxy = offset("task_struct", "nsproxy"),
      let names = offset("nsproxy", "uts_ns"), let text = offset("uts_namespace", "name.sysname"),
      let itsProxy = number(at: task &+ UInt64(proxy), 8), let address = number(at: itsProxy &+ UInt64(names), 8),
      read(address &+ UInt64(text), 6) == Array("Linux".utf8) + [0]
    else { return nil }
    return address
  }

  /// `empty_zero_page`: its frame is compared with in mm/memory.c, and lies in the kernel's image, which /proc/iomem places.
  private func zeroPage() -> UInt64? {
    guard let start = listed("vm_normal_page", "vmlinux"), let code = read(start, 512),
      let text = listed("_text", "vmlinux"), let image = place(of: "Kernel code"), let rest = place(of: "Kernel bss")
    else { return nil }
    for operand in Self.operands(of: code, at: start) {
      guard let frame = number(at: operand, 8), frame < 1 << 40, rest.contains(frame << 12) else { continue }
      let address = text &+ (frame << 12) &- image.lowerBound
      if let page = read(address, 4096), page.count == 4096, page.allSatisfy({ $0 == 0 }) { return address }
    }
    return nil
  }

  /// The physical addresses of a part of the kernel's (/proc/iomem: `01000000-0220bb07 : Kernel code`).
  private func place(of part: String) -> ClosedRange<UInt64>? {
    for line in told("/proc/iomem").split(separator: "\n") where line.hasSuffix(" : " + part) {
      let ends = line.split(separator: " ")[0].split(separator: "-").map { UInt64($0, radix: 16) }
      if ends.count == 2, let first = ends[0], let last = ends[1], first < last { return first...last }
    }
    return nil
  }

  // MARK: The table

  private func listed(_ name: String, _ module: String) -> UInt64? {
    let wanted = Array(name.utf8)
    guard !wanted.isEmpty else { return nil }
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
