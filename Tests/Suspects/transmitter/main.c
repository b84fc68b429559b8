// transmitter: an innocent. It sends lines of text to one place at a steady rate and does nothing else.
#include <endpoint.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: transmitter [--udp [--unconnected]] [--rate LINES-A-SECOND] [--count N] ADDRESS:PORT\n";

int main(int count, char **arguments) {
  static const struct option known[] = {{"udp", no_argument, NULL, 'u'},
                                        {"unconnected", no_argument, NULL, 'n'},
                                        {"rate", required_argument, NULL, 'r'},
                                        {"count", required_argument, NULL, 'c'},
                                        {0}};
  bool udp = false, unconnected = false;
  long rate = 10, lines = 0;
  for (int letter; (letter = getopt_long(count, arguments, "", known, NULL)) != -1;) {
    switch (letter) {
      case 'u': udp = true; break;
      case 'n': unconnected = true; break;
      case 'r': rate = number_read(optarg, "a rate"); break;
      case 'c': lines = number_read(optarg, "a count"); break;
      default: fputs(usage, stderr); return 2;
    }
  }
  if (optind + 1 != count || rate == 0 || rate > 1000000 || (unconnected && !udp)) {
    fputs(usage, stderr);
    return 2;
  }

  struct endpoint target = endpoint_read(arguments[optind]);
  int descriptor = unconnected ? socket(target.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)
                               : endpoint_connect(&target, udp ? SOCK_DGRAM : SOCK_STREAM);
  if (descriptor < 0) err(1, "socket");
  printf("transmitter: process %d sends to %s\n", getpid(), arguments[optind]);
  fflush(stdout);

  struct timespec pause = {rate == 1 ? 1 : 0, rate == 1 ? 0 : 1000000000 / rate};
  for (long number = 1; lines == 0 || number <= lines; number++) {
    char line[96];
    int length = snprintf(line, sizeof line, "transmitter PID=%d N=%ld\n", getpid(), number);
    ssize_t sent = unconnected ? sendto(descriptor, line, (size_t)length, MSG_NOSIGNAL, &target.any, target.length)
                               : send(descriptor, line, (size_t)length, MSG_NOSIGNAL);
    if (sent < 0 && !(udp && errno == ECONNREFUSED)) err(1, "send");
    if (lines == 0 || number < lines) nanosleep(&pause, NULL);
  }
  return 0;
}
