import IR

/// `socket:::inherited`: a process became another program with a socket as its standard input, output or error (sched_process_exec, when
/// what is to be closed then is closed). One firing for each of the three that is a socket, before `proc:::exec-success`.
///
///     args[0]  the socket
///     args[1]  0
///     args[2]  the descriptor: 0, 1 or 2
let inheritanceProbes: [Probe] = [0, 1, 2].map { descriptor in
  Probe(
    name: "inherited", site: .tracepoint("sched_process_exec"),
    arguments: [
      Argument("socket", "socketinfo_t *", .socket(.constant(descriptor))),
      Argument("result", "int64_t", .constant(0)),
      Argument("fd", "int", .constant(descriptor)),
    ], condition: .isSocket(.file(.constant(descriptor))))
}

/// Whether the program that the running process executes has no name in any directory: it was deleted, replaced, or never had one
/// (memfd_create(2)).
let hasUnlinkedProgram = Recipe.both(
  programFile,
  .equal(.member(.member(programFile, type: "file", path: "f_inode"), type: "inode", path: "i_nlink"), 0))

private let programFile = Recipe.member(
  .member(.task, type: "task_struct", path: "mm"), type: "mm_struct", path: "exe_file")
