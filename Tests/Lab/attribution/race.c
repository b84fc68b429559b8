// Two processes, each on a processor of its own, send as fast as they can through one socket: race udp|tcp COUNT SIZE
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 4) errx(2, "race udp|tcp COUNT SIZE");
  int is_stream = words[1][0] == 't', rounds = atoi(words[2]);
  size_t size = (size_t)atoi(words[3]);
  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(7000)};
  inet_pton(AF_INET, "10.200.1.2", &target.sin_addr);
  int descriptor = socket(AF_INET, is_stream ? SOCK_STREAM : SOCK_DGRAM, 0), one = 1, gate[2];
  if (is_stream) {
    if (connect(descriptor, (struct sockaddr *)&target, sizeof target) != 0) err(1, "connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  if (pipe(gate) != 0) err(1, "pipe");
  printf("pid %d\n", getpid());
  fflush(stdout);
  for (int number = 0; number < 2; number++) {
    if (fork() != 0) continue;
    close(gate[1]);
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(number, &processors);
    sched_setaffinity(0, sizeof processors, &processors);
    char *text = malloc(size), line[64], byte;
    int length = snprintf(line, sizeof line, "race PID=%d\n", getpid());
    for (size_t place = 0; place < size; place++) text[place] = line[place % (size_t)length];
    if (read(gate[0], &byte, 1) != 0) errx(1, "gate");
    for (int round = 0; round < rounds; round++) {
      ssize_t sent = is_stream ? send(descriptor, text, size, 0) : sendto(descriptor, text, size, 0, (struct sockaddr *)&target, sizeof target);
      if (sent != (ssize_t)size) err(1, "send");
    }
    _exit(0);
  }
  close(gate[1]);
  int status;
  while (wait(&status) > 0)
    if (status != 0) errx(1, "a sender failed");
}
