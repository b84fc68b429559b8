import DSyntax
import Source

/// Members and variables of Solaris' kernel that scripts of 2005 name, as what answers them on Linux (`-x compat=solaris`):
///
///     t->t_procp, p->p_parent, p->p_ppid, p->p_lwpcnt, p->p_mstart      of `struct task_struct`
///     p->p_utime, p->p_stime, p->p_brksize, p->p_stksize                in ticks of a hundredth of a second; in bytes
///     p->p_pidp->pid_id                                                 the process's number
///     p->p_user.u_comm, u_psargs, u_cdir->v_path                        name, arguments (of others than the running: name), directory
///     p->p_user.u_finfo.fi_list[N].uf_file                              `struct file`
///     f->f_vnode, v->v_path                                             the file, and its path
///     zonename                                                          "global", the only one
///     `mpid                                                             the number that a process was given last
///     `hp_avenrun[N]                                                    the load, by 65,536 where Linux has it by 2,048
enum SolarisNames {
  /// Subroutines about what no Linux kernel has.
  static let absent = ["msgsize": "STREAMS", "msgdsize": "STREAMS", "ddi_pathname": "Solaris' device tree"]

  /// The expression in Linux's terms; nil where nothing of it is Solaris'.
  static func translated(_ expression: Expression) -> Expression? {
    let range = expression.range
    switch expression.kind {
    case .arrow(let base, let name): return arrow(base, name, range)
    case .member(let base, let name): return member(base, name, range)
    case .identifier("`mpid"): return Expression(.identifier("__mpid"), range)
    case .identifier("zonename"): return Expression(.string(Array("global".utf8)), range)
    case .index(let base, let keys):
      guard case .identifier("`hp_avenrun") = base.kind else { return nil }
      let load = Expression(.index(Expression(.identifier("`avenrun"), base.range), keys), range)
      return Expression(.binary(.multiply, load, integer(32, range)), range)
    case .binary(let operation, let left, let right):
      // A path is a text here, and a pointer there.
      guard operation == .equal || operation == .notEqual, case .integer(0, _, _) = right.kind,
        case .arrow(let vnode, "v_path") = left.kind
      else { return nil }
      return Expression(.binary(operation, vnode, right), range)
    default: return nil
    }
  }

  private static func arrow(_ base: Expression, _ name: String, _ range: SourceRange) -> Expression? {
    switch name {
    case "t_procp", "p_parent", "p_ppid", "p_lwpcnt", "p_mstart", "p_utime", "p_stime", "p_brksize", "p_stksize":
      return inline("__" + name, base, range)
    case "pid_id":
      guard case .arrow(let process, "p_pidp") = base.kind else { return nil }
      return inline("__pid_id", process, range)
    case "f_vnode": return base
    case "v_path":
      // `p->p_user.u_cdir->v_path`
      if case .member(let user, "u_cdir") = base.kind, case .arrow(let process, "p_user") = user.kind {
        return inline("__u_cdir", process, range)
      }
      return inline("__v_path", base, range)
    default: return nil
    }
  }

  private static func member(_ base: Expression, _ name: String, _ range: SourceRange) -> Expression? {
    switch (name, base.kind) {
    case ("u_comm", .arrow(let process, "p_user")): return inline("__u_comm", process, range)
    case ("u_psargs", .arrow(let process, "p_user")): return inline("__u_psargs", process, range)
    case ("fi_list", .member(let user, "u_finfo")):
      guard case .arrow(let process, "p_user") = user.kind else { return nil }
      return inline("__fi_list", process, range)
    default: return nil
    }
  }

  private static func inline(_ name: String, _ argument: Expression, _ range: SourceRange) -> Expression {
    Expression(.index(Expression(.identifier(name), range), [argument]), range)
  }

  private static func integer(_ value: UInt64, _ range: SourceRange) -> Expression {
    Expression(.integer(value, suffix: IntegerSuffix(), isCharacter: false), range)
  }
}
