/// A Solaris 10 name for a Linux system call, and in which order its arguments stand there.
struct SolarisCall {
  var name: String
  /// For each of arg0…arg5 the Linux call's argument.
  var arguments: [Int]
}

/// The name that a script of 2005 knows the call by; nil where it is the same.
/// Calls that take a directory descriptor before the path have the path in arg0, as their older forms had.
func solarisCall(_ linux: String) -> SolarisCall? {
  if let name = pathAfterDescriptor[linux] { return SolarisCall(name: name, arguments: [1, 2, 3, 4, 5, 0]) }
  if let call = moved[linux] { return call }
  if let name = renamed[linux] { return SolarisCall(name: name, arguments: [0, 1, 2, 3, 4, 5]) }
  return nil
}

private let pathAfterDescriptor = [
  "openat": "open", "openat2": "open64", "execveat": "exec", "unlinkat": "unlink", "mkdirat": "mkdir",
  "mknodat": "mknod", "fchmodat": "chmod", "fchownat": "chown", "newfstatat": "stat", "faccessat": "access",
  "faccessat2": "access", "readlinkat": "readlink",
]

/// Those whose other arguments stand elsewhere, too.
private let moved = [
  "statx": SolarisCall(name: "stat", arguments: [1, 4, 2, 3, 0, 5]),
  "renameat": SolarisCall(name: "rename", arguments: [1, 3, 0, 2, 4, 5]),
  "renameat2": SolarisCall(name: "rename", arguments: [1, 3, 0, 2, 4, 5]),
  "linkat": SolarisCall(name: "link", arguments: [1, 3, 0, 2, 4, 5]),
  "symlinkat": SolarisCall(name: "symlink", arguments: [0, 2, 1, 3, 4, 5]),
]

private let renamed = [
  "execve": "exece", "poll": "pollsys", "ppoll": "pollsys", "select": "pollsys", "pselect6": "pollsys",
  "rt_sigprocmask": "lwp_sigmask", "rt_sigaction": "sigaction", "rt_sigsuspend": "sigsuspend",
  "rt_sigpending": "sigpending", "exit_group": "rexit", "exit": "lwp_exit", "clone": "forksys", "clone3": "forksys",
  "fork": "fork1", "vfork": "vfork", "wait4": "waitsys", "waitid": "waitsys", "mmap": "mmap64",
  "pread64": "pread", "pwrite64": "pwrite", "accept4": "accept", "socket": "so_socket", "sendto": "sendto",
  "recvfrom": "recvfrom", "setrlimit": "setrlimit64", "getrlimit": "getrlimit", "prlimit64": "getrlimit",
  "gettid": "lwp_self", "futex": "lwp_park", "uname": "systeminfo", "getdents64": "getdents64",
  "nanosleep": "nanosleep",
  "clock_nanosleep": "nanosleep", "brk": "brk", "tgkill": "lwp_kill",
]

/// What stands for a Solaris call that has no Linux call of its own under that name; nil for a name that is no such call.
package func solarisSuccessor(of call: String) -> String? {
  switch call {
  case "mmap": "mmap64"
  // As macOS and FreeBSD call it.
  case "exit": "rexit"
  case "stat64": "stat"
  case "lstat64": "lstat"
  case "fstat64": "fstat"
  case "creat64": "creat"
  case "getrlimit64": "getrlimit"
  case "setrlimit64": "setrlimit"
  default: nil
  }
}

/// Solaris calls that Linux has nothing for: a description of one matches nothing, which is no mistake.
package let solarisCallsGone: Set<String> = [
  "exec", "open64", "resolvepath", "stime", "gtime", "utssys", "forkall", "lwp_create", "getmsg", "putmsg", "sysfs",
  "xmknod", "xstat", "lxstat", "fxstat",
  "pgrpsys", "alarm", "statvfs", "fstatvfs", "statvfs64", "fstatvfs64", "memcntl", "lwp_wait", "ulimit", "door",
]
