import Glibc

/// bpftrace finds tracepoints in tracefs, which is not mounted everywhere. Where it is not, this program becomes itself again in a mount
/// namespace of its own that has it; where that is not allowed, bpftrace will find nothing and its figures are missing.
func haveTraceFiles(_ words: [String]) {
  let events = "/sys/kernel/tracing/events"
  let mark = "with-tracefs"
  // Safe: the paths are passed as C strings for the calls.
  guard words.first != mark, unsafe access(events, F_OK) != 0, getuid() == 0, installed("unshare") else { return }
  let script = "mount -t tracefs tracefs /sys/kernel/tracing; exec \"$0\" \"$@\""
  let arguments = ["unshare", "--mount", "sh", "-c", script, Part.program, mark] + words
  let copies = unsafe arguments.map { unsafe strdup($0) } + [nil]
  // Safe: the list ends with nil; either this process becomes another one, or nothing happens.
  unsafe execvp("unshare", copies)
}
