# A socket of a neighbouring family (AF_VSOCK is 40), and one of AF_ALG.
scene() {
  python3 -ISc 'import socket
for f in (40, 38):
  try: socket.socket(f, socket.SOCK_STREAM if f == 40 else socket.SOCK_SEQPACKET, 0)
  except OSError as e: print(e)'
}
