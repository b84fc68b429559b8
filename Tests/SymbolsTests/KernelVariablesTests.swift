import Symbols
import Testing

/// A kernel without CONFIG_KALLSYMS_ALL lists its functions only.
struct KernelVariablesTests {
  let table = Array(
    """
    ffffffff81412010 T dma_direct_get_required_mask
    ffffffff813244d0 t crash_nmi_callback
    ffffffffc0001000 d here\t[other]
    ffffffffc0002000 d here\t[mine]

    """.utf8)
  /// `dma_direct_get_required_mask` of a 6.18: endbr's place, `mov max_pfn(%rip),%rax`, `lea -1(%rax),%rdx`.
  let mask: [UInt8] = [
    0x0f, 0x1f, 0x44, 0x00, 0x00, 0x48, 0x8b, 0x05, 0xec, 0xda, 0x77, 0x02, 0x48, 0x8d, 0x50, 0xff,
  ]
  /// `crash_nmi_callback`: a per-CPU number is compared with `crashing_cpu`.
  let callback: [UInt8] = [
    0x0f, 0x1f, 0x44, 0x00, 0x00, 0x65, 0x8b, 0x3d, 0x58, 0x9b, 0x7e, 0x02, 0x39, 0x3d, 0x3e, 0x49, 0xd3, 0x01,
  ]

  /// - Parameter pages: what lies where `max_pfn` is read.
  private func variables(pages: [UInt8] = [0x00, 0x00, 0x64, 0, 0, 0, 0, 0]) -> KernelVariables {
    KernelVariables(table: table) { [mask, callback] address, count in
      switch address {
      case 0xffff_ffff_8141_2010: mask
      case 0xffff_ffff_8132_44d0: callback
      case 0xffff_ffff_83b8_fb08: pages
      case 0xffff_ffff_8305_8e20: [UInt8](repeating: 0xff, count: count)
      default: nil
      }
    } told: { path in
      path == "/proc/zoneinfo"
        ? "Node 0, zone   Normal\n        spanned  5505024\n  start_pfn:           1048576\n" : ""
    }
  }

  @Test func `a symbol of a module is the one of the module that is named`() {
    #expect(variables().address(of: "here", module: "mine") == 0xffff_ffff_c000_2000)
    #expect(variables().address(of: "here", module: "") == 0xffff_ffff_c000_1000)
    #expect(variables().address(of: "here", module: "nobody's") == nil)
    #expect(variables().address(of: "her", module: "") == nil)
  }

  @Test func `a variable that is not listed is where the kernel's code reads it`() {
    #expect(variables().address(of: "max_pfn", module: "vmlinux") == 0xffff_ffff_83b8_fb08)
  }

  @Test func `an address where something else lies is not believed`() {
    #expect(variables(pages: [1, 0, 0x64, 0, 0, 0, 0, 0]).address(of: "max_pfn", module: "vmlinux") == nil)
  }

  @Test func `an operand in per-CPU memory is none`() {
    #expect(variables().address(of: "crashing_cpu", module: "") == 0xffff_ffff_8305_8e20)
  }

  @Test func `a variable whose reader is not there is not found`() {
    #expect(variables().address(of: "saved_command_line", module: "") == nil)
    #expect(variables().address(of: "no_such_thing", module: "") == nil)
  }

  // MARK: The first task and init

  /// `show_state_filter` of a 6.18, whose eighth instruction is `mov init_task+0x420(%rip),%r12`; `kill_cad_pid`.
  private func tasks(first name: String = "swapper/0", number: String = "1") -> KernelVariables {
    let list = "ffffffff813a7b60 T show_state_filter\nffffffff81370600 T kill_cad_pid\n"
    return KernelVariables(table: Array(list.utf8)) { address, count in
      switch address {
      case 0xffff_ffff_813a_7b60:
        [0x0f, 0x1f, 0x44, 0, 0, 0x41, 0x55, 0x41, 0x54, 0x55, 0x89, 0xfd, 0x53, 0xe8, 0x7e, 0xab, 5, 0]
          + [0x4c, 0x8b, 0x25, 0xa7, 0xb0, 0xc6, 0x01, 0x4d, 0x8d, 0xac, 0x24, 0xe0, 0xfb, 0xff, 0xff]
      case 0xffff_ffff_8137_0600:
        [0x0f, 0x1f, 0x44, 0, 0, 0x53, 0x89, 0xf3, 0x48, 0x83, 0xec, 8, 0x89, 0x7c, 0x24, 4, 0xe8, 0xdb, 0x20, 9, 0]
          + [0x31, 0xf6, 0x48, 0x8b, 0x15, 0x1a, 0xc7, 0x7e, 0x02, 0x85, 0xdb]
      case 0xffff_ffff_8301_2800 + 0x600: Array(name.utf8) + [0]
      case 0xffff_ffff_83b5_cd38: [0, 0x10, 0, 0, 0x81, 0x88, 0xff, 0xff]
      case 0xffff_8881_0000_1060: [1, 0, 0, 0]
      default: nil
      }
    } offset: { record, member in
      ["task_struct.tasks": 0x420, "task_struct.comm": 0x600, "pid.numbers": 0x60][record + "." + member]
    } told: { path in
      path == "/proc/sys/kernel/cad_pid" ? number + "\n" : ""
    }
  }

  @Test func `the first task is where the list of all begins, and has the idle task's name`() {
    #expect(tasks().address(of: "init_task", module: "") == 0xffff_ffff_8301_2800)
    #expect(tasks(first: "swapper/1").address(of: "init_task", module: "") == nil)
  }

  @Test func `who is told of control-alt-delete is the process that the kernel names`() {
    #expect(tasks().address(of: "cad_pid", module: "") == 0xffff_ffff_83b5_cd38)
    #expect(tasks(number: "2").address(of: "cad_pid", module: "") == nil)
  }

  // MARK: Ticks, processors, names, zeros

  /// The beginnings of `jiffies_read`, `cpumask_any_distribute` and `vm_normal_page` of a 6.18, the last two from the operand's
  /// instruction on; what they read, and what the kernel tells elsewhere.
  private func others(ticks: String = "4300861788", possible: String = "0-1", page: UInt8 = 0) -> KernelVariables {
    let list = """
      ffffffff81000000 T _text
      ffffffff813a7b60 T show_state_filter
      ffffffff814288e0 t jiffies_read
      ffffffff821c2250 T cpumask_any_distribute
      ffffffff815e2d40 T vm_normal_page

      """
    return KernelVariables(table: Array(list.utf8)) { address, count in
      switch address {
      case 0xffff_ffff_8142_88e0: [0x0f, 0x1f, 0x44, 0, 0, 0x48, 0x8b, 0x05, 0x94, 0x10, 0xbe, 0x01, 0xe9]
      case 0xffff_ffff_821c_2250:
        [0x41, 0x55, 0x49, 0x89, 0xfd, 0x41, 0x54, 0x44, 0x8b, 0x25, 0xb2, 0x07, 0x0a, 0x01, 0x55, 0x53]
      case 0xffff_ffff_815e_2d40:
        [UInt8](repeating: 0x90, count: 0x91) + [0x48, 0x3b, 0x15, 0xc8, 1, 0xc8, 1]
      case 0xffff_ffff_8300_9980: [0xf7, 0x33, 0x5a, 0, 1, 0, 0, 0]
      case 0xffff_ffff_8326_2a10: [2, 0, 0, 0]
      case 0xffff_ffff_8326_2fa0: [0x34, 0x3b, 0, 0, 0, 0, 0, 0]
      case 0xffff_ffff_83b3_4000: [UInt8](repeating: page, count: count)
      case 0xffff_ffff_813a_7b60: [0x4c, 0x8b, 0x25, 0xb9, 0xb0, 0xc6, 0x01]
      case 0xffff_ffff_8301_2800 + 0x600: Array("swapper/0".utf8) + [0]
      case 0xffff_ffff_8301_2800 + 0x900: [0x10, 0x20, 0, 0, 0, 0, 0xff, 0xff]
      case 0xffff_0000_0000_2018: [0x40, 0x30, 0, 0, 0, 0, 0xff, 0xff]
      case 0xffff_0000_0000_3040: Array("Linux".utf8) + [0]
      default: nil
      }
    } offset: { record, member in
      [
        "task_struct.tasks": 0x420, "task_struct.comm": 0x600, "task_struct.nsproxy": 0x900, "nsproxy.uts_ns": 8,
        "uts_namespace.name.sysname": 0,
      ][record + "." + member]
    } told: { path in
      switch path {
      case "/proc/timer_list": "Timer List Version: v0.10\n\njiffies: \(ticks)\n"
      case "/sys/devices/system/cpu/possible": possible + "\n"
      case "/proc/iomem": "  01000000-0220bb07 : Kernel code\n  03b34000-03c57fff : Kernel bss\n"
      default: ""
      }
    }
  }

  @Test func `ticks are where the clock of ticks reads them, and what /proc says`() {
    #expect(others().address(of: "jiffies", module: "") == 0xffff_ffff_8300_9980)
    #expect(others(ticks: "4300000000").address(of: "jiffies", module: "") == nil)
  }

  @Test func `how many processors there may be is one more than the last one's number`() {
    #expect(others().address(of: "nr_cpu_ids", module: "") == 0xffff_ffff_8326_2a10)
    #expect(others(possible: "0-3").address(of: "nr_cpu_ids", module: "") == nil)
    #expect(others(possible: "0,1").address(of: "nr_cpu_ids", module: "") == 0xffff_ffff_8326_2a10)
  }

  @Test func `the first names are those of the first task`() {
    #expect(others().address(of: "init_uts_ns", module: "") == 0xffff_0000_0000_3040)
  }

  @Test func `the page of zeros is the frame that memory is compared with, and holds zeros`() {
    #expect(others().address(of: "empty_zero_page", module: "") == 0xffff_ffff_83b3_4000)
    #expect(others(page: 1).address(of: "empty_zero_page", module: "") == nil)
  }
}
