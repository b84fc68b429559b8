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

  private func variables() -> KernelVariables {
    KernelVariables(table: table) { [mask, callback] address, _ in
      switch address {
      case 0xffff_ffff_8141_2010: mask
      case 0xffff_ffff_8132_44d0: callback
      default: nil
      }
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

  @Test func `an operand in per-CPU memory is none`() {
    #expect(variables().address(of: "crashing_cpu", module: "") == 0xffff_ffff_8305_8e20)
  }

  @Test func `a variable whose reader is not there is not found`() {
    #expect(variables().address(of: "cad_pid", module: "") == nil)
    #expect(variables().address(of: "no_such_thing", module: "") == nil)
  }
}
