import Foundation
import Support
import Testing

/// What is attached where it sees what others do is told of, in a real kernel, by the process that does it.
@Suite(.live, .enabled(if: Lab.traces, "needs root and eBPF"))
struct AttachmentProbeTests {
  private static let calls = """
    import ctypes, struct
    libc = ctypes.CDLL(None, use_errno=True)
    def call(*words):
      result = libc.syscall(*words)
      if result < 0: raise OSError(ctypes.get_errno())
      return result

    """

  private func lines(_ text: String, python: String, before: String = "") throws -> [String] {
    let script = try TemporaryFile(script: Self.calls + python)
    let run = try Run(text, command: before + "python3 -IS \(script.path)")
    return run.lines
  }

  @Test func `uprobe tells in which file, where, when and of whom a probe is made`() throws {
    let told = try lines(
      #"uprobe:::attach /pid == $target/ { printf("%s %x %d %d\n", args[0], args[1], args[2], args[3]); }"#,
      python: """
        path = ctypes.create_string_buffer(b"/proc/self/exe")
        unit = int(open("/sys/bus/event_source/devices/uprobe/type").read())
        for config, offset, pid in [(0, 0x1234, -1), (1, 0x40, 1)]:
          attributes = bytearray(128)
          struct.pack_into("<IIQ", attributes, 0, unit, 128, config)
          struct.pack_into("<QQ", attributes, 56, ctypes.addressof(path), offset)
          call(298, ctypes.create_string_buffer(bytes(attributes), 128), pid, 0 if pid < 0 else -1, -1, 0)
        # PERF_TYPE_SOFTWARE is no probe.
        struct.pack_into("<IIQ", attributes, 0, 1, 128, 0)
        call(298, ctypes.create_string_buffer(bytes(attributes), 128), 0, -1, -1, 0)
        """)
    #expect(told == ["/proc/self/exe 1234 0 -1", "/proc/self/exe 40 1 1"])
  }

  @Test(.enabled(if: Lab.isAllowed, "needs network namespaces"))
  func `bpf tells which program is loaded, and to which interface it is attached`() throws {
    let told = try lines(
      #"""
      bpf:::load /pid == $target/ { loaded = args[1]; printf("load %d %s\n", args[0], args[2]); }
      bpf:::attach /pid == $target/ { printf("attach %d %d %s %d\n", args[0], args[1] == loaded, args[2], args[3]); }
      """#,
      python: """
        def bpf(command, attributes): return call(321, command, ctypes.create_string_buffer(attributes, 128), 128)
        # return XDP_PASS
        code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xb7, 0, 0, 2) + struct.pack("<BBhi", 0x95, 0, 0, 0))
        words = ctypes.create_string_buffer(b"GPL")
        program = bpf(5, struct.pack("<IIQQ", 6, 2, ctypes.addressof(code), ctypes.addressof(words)) + bytes(24) + b"tap")
        link = bpf(28, struct.pack("<IIII", program, 1, 37, 0))
        # What is refused is not attached.
        try: bpf(28, struct.pack("<IIII", program, 1, 37, 0))
        except OSError: pass
        """, before: "unshare -n ")
    #expect(told == ["load 6 tap", "attach 37 1 tap 1"])
  }

  @Test(.enabled(if: Lab.isAllowed, "needs network namespaces"))
  func `an interface that is set to promiscuous mode is told of, and no other setting`() throws {
    let told = try lines(
      #"host:::promiscuous /pid == $target/ { printf("%s %d\n", args[0], args[1]); }"#,
      python: """
        import fcntl, socket
        inet = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for flags in (0x1, 0x101, 0x1): fcntl.ioctl(inet, 0x8914, struct.pack("16sH22x", b"lo", flags))
        route = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        def link(kind, number, flags, change):
          return struct.pack("<IHHIIBxHiII", 32, kind, 5, 1, 0, 0, 0, number, flags, change)
        route.sendmsg([link(16, 1, 0x101, 0x1)])
        route.sendmsg([link(16, 1, 0x100, 0x100)])
        route.sendmsg([link(19, 1, 0, 0x100)])
        route.sendto(link(19, 1, 0x100, 0x100), (0, 0))
        # There are no such interfaces, and another protocol has other requests.
        route.sendto(link(16, 0x101, 0x100, 0x100), (0, 0))
        route.sendto(link(16, 257 * 256 + 1, 0, 0x100), (0, 0))
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4).sendto(link(16, 1, 0x100, 0x100), (0, 0))
        """, before: "unshare -n ")
    #expect(told == ["lo 0", "lo 1", "lo 1"])
  }
}
