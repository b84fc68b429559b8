// ptrace(2) takes what its request says, so Swift cannot call it; its stops and registers are values here, and no pointer passes.
#include <errno.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <sys/xattr.h>

// Whether a file gives who runs it capabilities (capabilities(7), "File capabilities").
static inline int culprit_has_capabilities(const char *path) {
  return getxattr(path, "security.capability", (void *)0, 0) > 0;
}

// A call's result: `code` is 0, or the errno.
struct culprit_word {
  int code;
  uint64_t value;
};

// What waitpid(2) told.
struct culprit_stop {
  int code;
  int status;
};

static inline int culprit_ptrace_code(long result) { return result < 0 ? errno : 0; }

// The thread that takes a process is the one that may ask anything of it. It is told of each exec; when it goes, the process ends.
static inline int culprit_ptrace_take(pid_t pid) {
  return culprit_ptrace_code(
      ptrace(PTRACE_SEIZE, pid, (void *)0, (void *)(uintptr_t)(PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)));
}

static inline int culprit_ptrace_go_on(pid_t pid, int signal) {
  return culprit_ptrace_code(ptrace(PTRACE_CONT, pid, (void *)0, (void *)(uintptr_t)signal));
}

// Stays stopped, as job control wants it, until SIGCONT comes.
static inline int culprit_ptrace_stay(pid_t pid) {
  return culprit_ptrace_code(ptrace(PTRACE_LISTEN, pid, (void *)0, (void *)0));
}

static inline int culprit_ptrace_leave(pid_t pid) {
  return culprit_ptrace_code(ptrace(PTRACE_DETACH, pid, (void *)0, (void *)0));
}

static inline struct culprit_word culprit_ptrace_read(pid_t pid, uint64_t address) {
  struct culprit_word word;
  errno = 0;
  word.value = (uint64_t)ptrace(PTRACE_PEEKTEXT, pid, (void *)(uintptr_t)address, (void *)0);
  word.code = errno;
  return word;
}

static inline int culprit_ptrace_write(pid_t pid, uint64_t address, uint64_t value) {
  return culprit_ptrace_code(ptrace(PTRACE_POKETEXT, pid, (void *)(uintptr_t)address, (void *)(uintptr_t)value));
}

static inline struct culprit_stop culprit_ptrace_wait(pid_t pid) {
  struct culprit_stop stop = {0, 0};
  long result;
  do result = waitpid(pid, &stop.status, __WALL);
  while (result < 0 && errno == EINTR);
  stop.code = culprit_ptrace_code(result);
  return stop;
}

// NT_PRSTATUS (elf.h): the general registers.
static inline int culprit_ptrace_registers(pid_t pid, struct user_regs_struct *registers, int write) {
  struct iovec place = {registers, sizeof *registers};
  return culprit_ptrace_code(
      ptrace(write ? PTRACE_SETREGSET : PTRACE_GETREGSET, pid, (void *)(uintptr_t)1, &place));
}

#if defined(__x86_64__)
#define CULPRIT_COUNTER rip
#define CULPRIT_FIRST_ARGUMENT rdi
// int3, after which the counter stands behind it.
static const uint64_t culprit_breakpoint = 0xcc, culprit_breakpoint_mask = 0xff;
static const uint64_t culprit_breakpoint_size = 1;
#elif defined(__aarch64__)
#define CULPRIT_COUNTER pc
#define CULPRIT_FIRST_ARGUMENT regs[0]
// brk #0, at which the counter stays.
static const uint64_t culprit_breakpoint = 0xd4200000, culprit_breakpoint_mask = 0xffffffff;
static const uint64_t culprit_breakpoint_size = 0;
#else
#error "no breakpoint is known for this machine"
#endif

// Where the process stands.
static inline struct culprit_word culprit_ptrace_counter(pid_t pid) {
  struct user_regs_struct registers;
  struct culprit_word word = {culprit_ptrace_registers(pid, &registers, 0), 0};
  if (!word.code) word.value = registers.CULPRIT_COUNTER;
  return word;
}

static inline int culprit_ptrace_set_counter(pid_t pid, uint64_t counter) {
  struct user_regs_struct registers;
  int code = culprit_ptrace_registers(pid, &registers, 0);
  if (code) return code;
  registers.CULPRIT_COUNTER = counter;
  return culprit_ptrace_registers(pid, &registers, 1);
}

// The first argument of the function at whose first instruction the process stands.
static inline struct culprit_word culprit_ptrace_first_argument(pid_t pid) {
  struct user_regs_struct registers;
  struct culprit_word word = {culprit_ptrace_registers(pid, &registers, 0), 0};
  if (!word.code) word.value = registers.CULPRIT_FIRST_ARGUMENT;
  return word;
}
