# Python puts a probe into GnuTLS by perf_event_open(2) alone.
scene() {
  python3 -ISc 'import ctypes, struct, time
libc = ctypes.CDLL(None, use_errno=True)
path = ctypes.create_string_buffer(b"/usr/lib/x86_64-linux-gnu/libgnutls.so.30")
unit = int(open("/sys/bus/event_source/devices/uprobe/type").read())
attributes = bytearray(128)
struct.pack_into("<IIQ", attributes, 0, unit, 128, 0)
struct.pack_into("<QQ", attributes, 56, ctypes.addressof(path), 0x40000)
event = libc.syscall(298, ctypes.create_string_buffer(bytes(attributes), 128), -1, 0, -1, 0)
if event < 0: raise OSError(ctypes.get_errno())
time.sleep(0.5)'
}
