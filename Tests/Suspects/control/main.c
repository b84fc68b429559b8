// control: a process that is only its packets, so that the wire itself says who sent them. Its first packet leaves
// as early as a program can send, and it ends in the moment after the last one: no poll of /proc sees it.
#include <endpoint.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments) {
  bool tcp = count > 1 && strcmp(arguments[1], "--tcp") == 0;
  if (count != (tcp ? 5 : 4)) {
    fputs("usage: control [--tcp] LABEL ADDRESS:PORT COUNT\n", stderr);
    return 2;
  }
  arguments += tcp;
  struct endpoint target = endpoint_read(arguments[2]);
  long packets = number_read(arguments[3], "a count");
  int descriptor = tcp ? endpoint_connect(&target, SOCK_STREAM)
                       : socket(target.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) err(1, "socket");

  for (long number = 1; number <= packets; number++) {
    char text[96];
    int length = snprintf(text, sizeof text, "%.32s PID=%d N=%ld/%ld\n", arguments[1], getpid(), number, packets);
    ssize_t sent = tcp ? send(descriptor, text, (size_t)length, MSG_NOSIGNAL)
                       : sendto(descriptor, text, (size_t)length, 0, &target.any, target.length);
    if (sent != length) err(1, "send");
  }
  // Nothing is closed and nothing flushed: the kernel ends the connection after we are gone.
  _exit(0);
}
