import IR

// Short spellings, so that the providers' tables read as tables.

extension Recipe {
  /// The task that is running.
  static let task = Recipe.builtin(.currentTask)

  /// A saved register of the system call's caller, at its entry or return: `di`, `si` … and `ax`.
  static func register(_ name: String) -> Recipe { .member(.word(0), type: "pt_regs", path: name) }

  /// A tracepoint's argument of type int: the kernel puts it into its word without its sign.
  static func int(_ word: Int) -> Recipe {
    .binary(.shiftRightSigned, .binary(.shiftLeft, .word(word), .constant(32)), .constant(32))
  }

  static func equal(_ a: Recipe, _ b: Int64) -> Recipe { .compare(.equal, a, .constant(b)) }
  static func both(_ a: Recipe, _ b: Recipe) -> Recipe { .choose(a, b, .constant(0)) }
  static func either(_ a: Recipe, _ b: Recipe) -> Recipe { .choose(a, .constant(1), b) }

  /// `struct file` of a descriptor of the running task; zero when there is none.
  static func file(_ descriptor: Recipe) -> Recipe {
    let table = Recipe.member(.member(task, type: "task_struct", path: "files"), type: "files_struct", path: "fdt")
    let count = Recipe.member(table, type: "fdtable", path: "max_fds")
    let slot = Recipe.binary(
      .add, .member(table, type: "fdtable", path: "fd"), .binary(.multiply, descriptor, .constant(8)))
    return .choose(
      .compare(.lessUnsigned, descriptor, count), .load(slot, offset: 0, .double, signed: false), .constant(0))
  }

  /// Whether a `struct file` is a socket: S_IFSOCK in its inode's mode.
  static func isSocket(_ file: Recipe) -> Recipe {
    let mode = Recipe.member(.member(file, type: "file", path: "f_inode"), type: "inode", path: "i_mode")
    return equal(.binary(.and, mode, .constant(0o170000)), 0o140000)
  }

  /// `struct sock` behind a descriptor that is a socket's; zero for any other.
  static func socket(_ descriptor: Recipe) -> Recipe {
    let file = file(descriptor)
    let socket = Recipe.member(file, type: "file", path: "private_data")
    return .choose(isSocket(file), .member(socket, type: "socket", path: "sk"), .constant(0))
  }

  /// The recipe with the translated argument put in its place.
  package func applied(to argument: Recipe) -> Recipe {
    switch self {
    case .translated: argument
    case .constant, .word, .builtin, .fed, .text, .textFed: self
    case .member(let base, let type, let path): .member(base.applied(to: argument), type: type, path: path)
    case .address(let base, let type, let path): .address(base.applied(to: argument), type: type, path: path)
    case .load(let base, let offset, let width, let signed):
      .load(base.applied(to: argument), offset: offset, width, signed: signed)
    case .userLoad(let base, let offset, let width, let signed):
      .userLoad(base.applied(to: argument), offset: offset, width, signed: signed)
    case .binary(let operation, let a, let b): .binary(operation, a.applied(to: argument), b.applied(to: argument))
    case .compare(let comparison, let a, let b): .compare(comparison, a.applied(to: argument), b.applied(to: argument))
    case .choose(let a, let b, let c):
      .choose(a.applied(to: argument), b.applied(to: argument), c.applied(to: argument))
    case .kernelText(let base): .kernelText(base.applied(to: argument))
    case .userText(let base): .userText(base.applied(to: argument))
    case .addressText(let family, let high, let low):
      .addressText(
        family: family.applied(to: argument), high: high.applied(to: argument), low: low.applied(to: argument))
    case .socketCookie(let base): .socketCookie(base.applied(to: argument))
    }
  }
}

/// Who a task is that an iterator shows in word 1, `struct task_struct *`: an iterator runs in the context of whoever reads it.
func iteratedTask(start: Recipe) -> [Argument] {
  let task = Recipe.word(1)
  let credentials = Recipe.member(task, type: "task_struct", path: "cred")
  return [
    Argument("pid", "pid_t", .member(task, type: "task_struct", path: "tgid")),
    Argument("start", "uint64_t", start),
    Argument(
      "ppid", "pid_t",
      .member(.member(task, type: "task_struct", path: "real_parent"), type: "task_struct", path: "tgid")),
    Argument("uid", "uid_t", .member(credentials, type: "cred", path: "uid.val")),
    Argument("gid", "gid_t", .member(credentials, type: "cred", path: "gid.val")),
    Argument("command", "string", .kernelText(.address(task, type: "task_struct", path: "comm"))),
  ]
}
