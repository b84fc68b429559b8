import DSyntax
import Source

/// Variables of Solaris' and Darwin's kernels that D programs name, as what a Linux kernel has in their place. A variable of the
/// running kernel with that name goes before.
///
///     `lbolt, `lbolt64           ticks since the machine began, at this kernel's rate: `jiffies`, `jiffies_64`
///     `real_ncpus, `max_ncpus    how many CPUs there may be: `nr_cpu_ids`
///     `utsname                   what the machine is called: `init_uts_ns.name`
///     `ostype, `osrelease        two texts of it
///     `clock                     the function that counts ticks: `do_timer`
///     `dtrace_zero               zeros: `empty_zero_page`
///     `kernproc                  the first process: the address of `init_task`
enum OtherKernels {
  /// The expression in Linux's terms; nil for any other name.
  static func counterpart(of name: String, at range: SourceRange) -> Expression? {
    switch name {
    case "lbolt": symbol("jiffies", range)
    case "lbolt64": symbol("jiffies_64", range)
    case "real_ncpus", "max_ncpus": symbol("nr_cpu_ids", range)
    case "utsname": names(range)
    case "ostype": Expression(.member(names(range), "sysname"), range)
    case "osrelease": Expression(.member(names(range), "release"), range)
    case "clock": symbol("do_timer", range)
    case "dtrace_zero": symbol("empty_zero_page", range)
    case "kernproc": Expression(.unary(.address, symbol("init_task", range)), range)
    default: nil
    }
  }

  private static func symbol(_ name: String, _ range: SourceRange) -> Expression {
    Expression(.identifier("`" + name), range)
  }

  private static func names(_ range: SourceRange) -> Expression {
    Expression(.member(symbol("init_uts_ns", range), "name"), range)
  }
}
