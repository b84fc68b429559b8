# Python loads a program of two instructions and attaches it to what comes in, by bpf(2) alone: BPF_LINK_CREATE, BPF_TCX_INGRESS.
scene() {
  python3 -ISc 'import ctypes, socket, struct, time
libc = ctypes.CDLL(None, use_errno=True)
def bpf(command, attributes):
  buffer = ctypes.create_string_buffer(attributes, 128)
  result = libc.syscall(321, command, buffer, 128)
  if result < 0: raise OSError(ctypes.get_errno())
  return result
code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xb7, 0, 0, -1) + struct.pack("<BBhi", 0x95, 0, 0, 0))
license = ctypes.create_string_buffer(b"GPL")
program = bpf(5, struct.pack("<IIQQ", 3, 2, ctypes.addressof(code), ctypes.addressof(license)))
link = bpf(28, struct.pack("<IIII", program, socket.if_nametoindex("vA"), 46, 0))
time.sleep(0.5)'
}
