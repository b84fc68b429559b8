// Sends through io_uring: a connection's bytes, each submission filled with who sends them.
#include <arpa/inet.h>
#include <err.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  static char text[32768];
  char one[64];
  int length = snprintf(one, sizeof one, "io_uring PID=%d\n", getpid());
  for (size_t place = 0; place < sizeof text; place++) text[place] = one[place % (size_t)length];

  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(7000)};
  inet_pton(AF_INET, "10.200.1.2", &target.sin_addr);
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(descriptor, (struct sockaddr *)&target, sizeof target) != 0) err(1, "connect");

  struct io_uring_params ring = {0};
  int queue = (int)syscall(SYS_io_uring_setup, 4, &ring);
  if (queue < 0) err(1, "io_uring_setup");
  size_t submissions = ring.sq_off.array + ring.sq_entries * sizeof(unsigned);
  size_t completions = ring.cq_off.cqes + ring.cq_entries * sizeof(struct io_uring_cqe);
  char *submit = mmap(NULL, submissions, PROT_READ | PROT_WRITE, MAP_SHARED, queue, IORING_OFF_SQ_RING);
  char *complete = mmap(NULL, completions, PROT_READ | PROT_WRITE, MAP_SHARED, queue, IORING_OFF_CQ_RING);
  struct io_uring_sqe *entries = mmap(NULL, ring.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED, queue, IORING_OFF_SQES);
  if (submit == MAP_FAILED || complete == MAP_FAILED || entries == MAP_FAILED) err(1, "mmap");

  unsigned *tail = (unsigned *)(submit + ring.sq_off.tail), mask = *(unsigned *)(submit + ring.sq_off.ring_mask);
  unsigned *head = (unsigned *)(complete + ring.cq_off.head), done = *(unsigned *)(complete + ring.cq_off.ring_mask);
  for (int number = 0; number < 32; number++) {
    for (size_t sent = 0; sent < sizeof text;) {
      unsigned place = *tail & mask;
      entries[place] = (struct io_uring_sqe){
        .opcode = IORING_OP_SEND, .fd = descriptor, .addr = (unsigned long)(text + sent), .len = (unsigned)(sizeof text - sent)};
      ((unsigned *)(submit + ring.sq_off.array))[place] = place;
      __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
      if (syscall(SYS_io_uring_enter, queue, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) err(1, "io_uring_enter");
      struct io_uring_cqe *result = (struct io_uring_cqe *)(complete + ring.cq_off.cqes) + (*head & done);
      if (result->res <= 0) errx(1, "send: %s", strerror(-result->res));
      sent += (size_t)result->res;
      __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    }
  }
  return 0;
}
