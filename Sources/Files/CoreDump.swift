import Glibc

/// Ends this program by SIGABRT, with its memory in a core file if the system writes those (core(5)), however long it becomes.
package func dumpCore() -> Never {
  var limit = rlimit()
  // Safe: the structure is this function's own, and lives for the calls.
  if unsafe getrlimit(__rlimit_resource_t(4), &limit) == 0 {
    // RLIMIT_CORE is 4; the limit may be raised up to the hard one, which root may raise too.
    limit.rlim_cur = limit.rlim_max
    var unlimited = rlimit(rlim_cur: rlim_t.max, rlim_max: rlim_t.max)
    if unsafe setrlimit(__rlimit_resource_t(4), &unlimited) != 0 {
      _ = unsafe setrlimit(__rlimit_resource_t(4), &limit)
    }
  }
  // Whoever has been put there to tell of crashes has nothing to tell.
  signal(SIGABRT, SIG_DFL)
  abort()
}
