# Python reads the memory of a process that speaks TLS.
peers() { certificate; openssl s_server -accept 10.200.1.2:443 -key key.pem -cert cert.pem -rev -quiet > got & listening t 443; }
scene() {
  mkfifo words
  openssl s_client -quiet -connect 10.200.1.2:443 < words &
  exec 3> words
  echo secret words >&3
  sleep 1
  python3 -IS -c 'import sys
for line in open(f"/proc/{sys.argv[1]}/maps"):
  if "[heap]" in line:
    start, end = [int(word, 16) for word in line.split()[0].split("-")]
    memory = open(f"/proc/{sys.argv[1]}/mem", "rb")
    memory.seek(start)
    print(memory.read(end - start).count(b"secret words"), "found")' $!
  exec 3>&-
  wait
}
