// The allocator's entry points, defined in the executable so that the dynamic linker finds them before glibc's: each counts and passes
// on to glibc's own, which stay reachable under their other names.

#include "AllocationCount.h"
#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

// In the executable's own thread storage: counting must not allocate.
static _Thread_local unsigned long asked __attribute__((tls_model("initial-exec")));

unsigned long allocation_count(void) { return asked; }

void *malloc(size_t size) {
  asked++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  asked++;
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  asked++;
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  asked++;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  asked++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  asked++;
  void *memory = __libc_memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *result = memory;
  return 0;
}
