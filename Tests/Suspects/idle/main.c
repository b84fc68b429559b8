// idle: an innocent that does nothing at all.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  printf("idle: process %d waits\n", getpid());
  fflush(stdout);
  for (;;) pause();
}
