import IR
import Source

/// Names for numbers that DTrace's libraries define as inlines (`libdtrace/*.d`). A script may define them anew.
enum KnownConstants {
  static func find(_ name: String, at range: SourceRange) -> Typed? {
    if name == "NULL" { return Typed(.integer(0), .pointer(.void, userland: false), range) }
    if let value = characters[name] { return Typed(.integer(Int64(value)), .char, range) }
    return numbers[name].map { Typed(.integer(Int64($0)), .int, range) }
  }

  private static let numbers: [String: Int32] = [
    faults, errors, signals, processes, files, sockets, transport, links, registers,
  ]
  .reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  /// `dtrace.h`; what ERROR has in arg4.
  private static let faults: [String: Int32] = [
    "DTRACEFLT_UNKNOWN": 0, "DTRACEFLT_BADADDR": 1, "DTRACEFLT_BADALIGN": 2, "DTRACEFLT_ILLOP": 3,
    "DTRACEFLT_DIVZERO": 4, "DTRACEFLT_NOSCRATCH": 5, "DTRACEFLT_KPRIV": 6, "DTRACEFLT_UPRIV": 7,
    "DTRACEFLT_TUPOFLOW": 8, "DTRACEFLT_BADSTACK": 9, "DTRACEFLT_BADSIZE": 10, "DTRACEFLT_BADINDEX": 11,
  ]

  /// errno(3): `include/uapi/asm-generic/errno-base.h`, `errno.h`.
  private static let errors: [String: Int32] = [
    "EPERM": 1, "ENOENT": 2, "ESRCH": 3, "EINTR": 4, "EIO": 5, "ENXIO": 6, "E2BIG": 7, "ENOEXEC": 8, "EBADF": 9,
    "ECHILD": 10, "EAGAIN": 11, "EWOULDBLOCK": 11, "ENOMEM": 12, "EACCES": 13, "EFAULT": 14, "ENOTBLK": 15,
    "EBUSY": 16, "EEXIST": 17, "EXDEV": 18, "ENODEV": 19, "ENOTDIR": 20, "EISDIR": 21, "EINVAL": 22, "ENFILE": 23,
    "EMFILE": 24, "ENOTTY": 25, "ETXTBSY": 26, "EFBIG": 27, "ENOSPC": 28, "ESPIPE": 29, "EROFS": 30, "EMLINK": 31,
    "EPIPE": 32, "EDOM": 33, "ERANGE": 34, "EDEADLK": 35, "EDEADLOCK": 35, "ENAMETOOLONG": 36, "ENOLCK": 37,
    "ENOSYS": 38, "ENOTEMPTY": 39, "ELOOP": 40, "ENOMSG": 42, "EIDRM": 43, "ECHRNG": 44, "EL2NSYNC": 45, "EL3HLT": 46,
    "EL3RST": 47, "ELNRNG": 48, "EUNATCH": 49, "ENOCSI": 50, "EL2HLT": 51, "EBADE": 52, "EBADR": 53, "EXFULL": 54,
    "ENOANO": 55, "EBADRQC": 56, "EBADSLT": 57, "EBFONT": 59, "ENOSTR": 60, "ENODATA": 61, "ETIME": 62, "ENOSR": 63,
    "ENONET": 64, "ENOPKG": 65, "EREMOTE": 66, "ENOLINK": 67, "EADV": 68, "ESRMNT": 69, "ECOMM": 70, "EPROTO": 71,
    "EMULTIHOP": 72, "EDOTDOT": 73, "EBADMSG": 74, "EOVERFLOW": 75, "ENOTUNIQ": 76, "EBADFD": 77, "EREMCHG": 78,
    "ELIBACC": 79, "ELIBBAD": 80, "ELIBSCN": 81, "ELIBMAX": 82, "ELIBEXEC": 83, "EILSEQ": 84, "ERESTART": 85,
    "ESTRPIPE": 86, "EUSERS": 87, "ENOTSOCK": 88, "EDESTADDRREQ": 89, "EMSGSIZE": 90, "EPROTOTYPE": 91,
    "ENOPROTOOPT": 92, "EPROTONOSUPPORT": 93, "ESOCKTNOSUPPORT": 94, "ENOTSUP": 95, "EOPNOTSUPP": 95,
    "EPFNOSUPPORT": 96, "EAFNOSUPPORT": 97, "EADDRINUSE": 98, "EADDRNOTAVAIL": 99, "ENETDOWN": 100,
    "ENETUNREACH": 101, "ENETRESET": 102, "ECONNABORTED": 103, "ECONNRESET": 104, "ENOBUFS": 105, "EISCONN": 106,
    "ENOTCONN": 107, "ESHUTDOWN": 108, "ETOOMANYREFS": 109, "ETIMEDOUT": 110, "ECONNREFUSED": 111, "EHOSTDOWN": 112,
    "EHOSTUNREACH": 113, "EALREADY": 114, "EINPROGRESS": 115, "ESTALE": 116, "EUCLEAN": 117, "ENOTNAM": 118,
    "ENAVAIL": 119, "EISNAM": 120, "EREMOTEIO": 121, "EDQUOT": 122, "ENOMEDIUM": 123, "EMEDIUMTYPE": 124,
    "ECANCELED": 125, "ENOKEY": 126, "EKEYEXPIRED": 127, "EKEYREVOKED": 128, "EKEYREJECTED": 129, "EOWNERDEAD": 130,
    "ENOTRECOVERABLE": 131, "ERFKILL": 132,
  ]

  /// signal(7) of x86-64 and arm64.
  private static let signals: [String: Int32] = [
    "SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGILL": 4, "SIGTRAP": 5, "SIGABRT": 6, "SIGIOT": 6, "SIGBUS": 7,
    "SIGFPE": 8, "SIGKILL": 9, "SIGUSR1": 10, "SIGSEGV": 11, "SIGUSR2": 12, "SIGPIPE": 13, "SIGALRM": 14,
    "SIGTERM": 15, "SIGSTKFLT": 16, "SIGCHLD": 17, "SIGCLD": 17, "SIGCONT": 18, "SIGSTOP": 19, "SIGTSTP": 20,
    "SIGTTIN": 21, "SIGTTOU": 22, "SIGURG": 23, "SIGXCPU": 24, "SIGXFSZ": 25, "SIGVTALRM": 26, "SIGPROF": 27,
    "SIGWINCH": 28, "SIGIO": 29, "SIGPOLL": 29, "SIGPWR": 30, "SIGSYS": 31, "SIGRTMIN": 32, "SIGRTMAX": 64,
  ]

  /// Why a child stopped (`CLD_*`), and what proc(5) of Solaris says in `pr_flag`.
  private static let processes: [String: Int32] = [
    "CLD_EXITED": 1, "CLD_KILLED": 2, "CLD_DUMPED": 3, "CLD_TRAPPED": 4, "CLD_STOPPED": 5, "CLD_CONTINUED": 6,
    "PR_STOPPED": 1, "PR_ISTOP": 2, "PR_DSTOP": 4, "PR_IDLE": 268435456, "PIDTYPE_PID": 0, "PIDTYPE_TGID": 1,
    "PIDTYPE_PGID": 2, "PIDTYPE_SID": 3,
  ]

  /// open(2)'s flags of x86-64, and what `bufinfo_t` says in `b_flags`.
  private static let files: [String: Int32] = [
    "O_ACCMODE": 3, "O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": 2, "O_CREAT": 64, "O_EXCL": 128, "O_NOCTTY": 256,
    "O_TRUNC": 512, "O_APPEND": 1024, "O_NONBLOCK": 2048, "O_NDELAY": 2048, "O_SYNC": 1052672, "O_FSYNC": 1052672,
    "O_RSYNC": 1052672, "O_DSYNC": 4096, "O_ASYNC": 8192, "O_DIRECT": 16384, "O_DIRECTORY": 65536,
    "O_NOFOLLOW": 131072, "O_CLOEXEC": 524288, "O_PATH": 2097152, "B_BUSY": 1, "B_DONE": 2, "B_ERROR": 4,
    "B_PAGEIO": 16, "B_PHYS": 32, "B_READ": 64, "B_WRITE": 256, "B_ASYNC": 1024, "REQ_WRITE": 1, "REQ_SYNC": 2048,
  ]

  /// Address families, socket types (socket(2)), hardware types, and protocols (`netinet/in.h`).
  private static let sockets: [String: Int32] = [
    "AF_UNSPEC": 0, "AF_UNIX": 1, "AF_LOCAL": 1, "AF_INET": 2, "AF_AX25": 3, "AF_IPX": 4, "AF_APPLETALK": 5,
    "AF_X25": 9, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_RDS": 21, "AF_BLUETOOTH": 31, "AF_ALG": 38,
    "AF_VSOCK": 40, "AF_XDP": 44, "SOCK_STREAM": 1, "SOCK_DGRAM": 2, "SOCK_RAW": 3, "SOCK_RDM": 4,
    "SOCK_SEQPACKET": 5, "SOCK_PACKET": 10, "ARPHRD_ETHER": 1, "ARPHRD_INFINIBAND": 32, "ARPHRD_LOOPBACK": 772,
    "NET_PROBE_OUTBOUND": 0, "NET_PROBE_INBOUND": 1, "IPPROTO_IP": 0, "IPPROTO_ICMP": 1, "IPPROTO_IGMP": 2,
    "IPPROTO_IPIP": 4, "IPPROTO_TCP": 6, "IPPROTO_EGP": 8, "IPPROTO_PUP": 12, "IPPROTO_UDP": 17, "IPPROTO_IDP": 22,
    "IPPROTO_TP": 29, "IPPROTO_DCCP": 33, "IPPROTO_IPV6": 41, "IPPROTO_RSVP": 46, "IPPROTO_GRE": 47,
    "IPPROTO_ESP": 50, "IPPROTO_AH": 51, "IPPROTO_OSPF": 89, "IPPROTO_MTP": 92, "IPPROTO_BEETPH": 94,
    "IPPROTO_ENCAP": 98, "IPPROTO_PIM": 103, "IPPROTO_COMP": 108, "IPPROTO_SCTP": 132, "IPPROTO_UDPLITE": 136,
    "IPPROTO_RAW": 255, "IPPROTO_MAX": 256, "IPPROTO_HOPOPTS": 0, "IPPROTO_ROUTING": 43, "IPPROTO_FRAGMENT": 44,
    "IPPROTO_ICMPV6": 58, "IPPROTO_NONE": 59, "IPPROTO_DSTOPTS": 60, "IPPROTO_MH": 135,
  ]

  /// The flags of a TCP header, and the states of a connection as the kernel numbers them.
  private static let transport: [String: Int32] = [
    "TCP_MIN_HEADER_LENGTH": 20, "TH_FIN": 1, "TH_SYN": 2, "TH_RST": 4, "TH_PSH": 8, "TH_PUSH": 8, "TH_ACK": 16,
    "TH_URG": 32, "TH_ECE": 64, "TH_CWR": 128, "TCP_STATE_IDLE": 0, "TCP_STATE_ESTABLISHED": 1,
    "TCP_STATE_SYN_SENT": 2, "TCP_STATE_SYN_RECEIVED": 3, "TCP_STATE_FIN_WAIT_1": 4, "TCP_STATE_FIN_WAIT_2": 5,
    "TCP_STATE_TIME_WAIT": 6, "TCP_STATE_CLOSED": 7, "TCP_STATE_CLOSE_WAIT": 8, "TCP_STATE_LAST_ACK": 9,
    "TCP_STATE_LISTEN": 10, "TCP_STATE_CLOSING": 11,
  ]

  /// What `uregs[]` is indexed by, on x86-64: the words of `struct pt_regs` in order, then what the thread keeps besides.
  private static let registers: [String: Int32] = {
    let names = [
      "R15", "R14", "R13", "R12", "RBP", "RBX", "R11", "R10", "R9", "R8", "RAX", "RCX", "RDX", "RSI", "RDI", "ERR",
      "RIP",
      "CS", "RFL", "RSP", "SS", "DS", "ES", "FS", "GS", "TRAPNO",
    ]
    var registers: [String: Int32] = [:]
    for (number, name) in names.enumerated() { registers["R_" + name] = Int32(number) }
    let others = [
      "EBX": "RBX", "ECX": "RCX", "EDX": "RDX", "ESI": "RSI", "EDI": "RDI", "EBP": "RBP", "EAX": "RAX", "EIP": "RIP",
      "EFL": "RFL", "ESP": "RSP", "PC": "RIP", "FP": "RBP", "SP": "RSP", "PS": "RFL", "R0": "RAX", "R1": "RBX",
    ]
    for (name, other) in others { registers["R_" + name] = registers["R_" + other] }
    return registers
  }()

  /// What pcap() calls the link layer of a packet.
  private static let links: [String: Int32] = [
    "PCAP_NULL": 0, "PCAP_ETHER": 1, "PCAP_PPP": 9, "PCAP_IP": 12, "PCAP_WIFI": 105, "PCAP_IPOIB": 242,
  ]

  /// `pr_dmodel`, and what `pr_state` may be (proc(5) of Solaris).
  private static let characters: [String: Int8] = [
    "PR_MODEL_ILP32": 1, "PR_MODEL_LP64": 2, "SSLEEP": 1, "SRUN": 2, "SZOMB": 3, "SSTOP": 4, "SIDL": 5, "SONPROC": 6,
    "SWAIT": 7,
  ]
}
