// collector: the other machine. It takes lines over TCP and UDP, IPv4 and IPv6, on one port, prints them when asked to, and
// says at its end how many came.
#define _GNU_SOURCE
#include <endpoint.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { signals, datagrams, connections, first_client, most = 256 };

static const char usage[] = "usage: collector [--print] PORT      (0: any; the first line says which)\n";

static struct pollfd watched[most];
static nfds_t watched_count = first_client;
static bool printing;
static struct {
  long connections, bytes, lines;
} tcp;
static struct {
  long datagrams, bytes, lines;
} udp;

static int signals_open(void) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  return signalfd(-1, &ends, SFD_CLOEXEC);
}

// A socket for both families on `port`; with port 0 the kernel chooses one and `port` says which.
static int port_open(int type, unsigned *port) {
  int descriptor = socket(AF_INET6, type | SOCK_CLOEXEC, 0), yes = 1, no = 0;
  if (descriptor < 0) err(1, "socket");
  if (setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) < 0) err(1, "IPV6_V6ONLY");
  if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0) err(1, "SO_REUSEADDR");
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)*port)};
  socklen_t length = sizeof address;
  if (bind(descriptor, (struct sockaddr *)&address, length) < 0) err(1, "bind");
  if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) err(1, "getsockname");
  *port = ntohs(address.sin6_port);
  return descriptor;
}

// Counts what came from `descriptor`; false when nothing more will.
static bool take(int descriptor, long *bytes, long *lines) {
  char text[1 << 16];
  ssize_t length = recv(descriptor, text, sizeof text, 0);
  if (length < 0) return errno == EINTR || errno == EAGAIN;
  *bytes += length;
  for (ssize_t index = 0; index < length; index++) *lines += text[index] == '\n';
  if (printing && write(STDOUT_FILENO, text, (size_t)length) != length) err(1, "write");
  return length > 0;
}

static void client_accept(void) {
  int client = accept4(watched[connections].fd, NULL, NULL, SOCK_CLOEXEC);
  if (client < 0) return;
  if (watched_count == most) errx(1, "more than %d clients at once", most - first_client);
  watched[watched_count++] = (struct pollfd){client, POLLIN, 0};
  tcp.connections += 1;
}

static void clients_serve(void) {
  for (nfds_t index = first_client; index < watched_count;) {
    if (watched[index].revents == 0 || take(watched[index].fd, &tcp.bytes, &tcp.lines)) {
      index += 1;
    } else {
      close(watched[index].fd);
      watched[index] = watched[--watched_count];
    }
  }
}

int main(int count, char **arguments) {
  static const struct option known[] = {{"print", no_argument, NULL, 'p'}, {0}};
  for (int letter; (letter = getopt_long(count, arguments, "", known, NULL)) != -1;) {
    if (letter != 'p') {
      fputs(usage, stderr);
      return 2;
    }
    printing = true;
  }
  if (optind + 1 != count) {
    fputs(usage, stderr);
    return 2;
  }

  unsigned port = (unsigned)number_read(arguments[optind], "a port");
  watched[signals] = (struct pollfd){signals_open(), POLLIN, 0};
  watched[connections] = (struct pollfd){port_open(SOCK_STREAM, &port), POLLIN, 0};
  watched[datagrams] = (struct pollfd){port_open(SOCK_DGRAM, &port), POLLIN, 0};
  if (listen(watched[connections].fd, 64) < 0) err(1, "listen");
  printf("collector: process %d listens on port %u\n", getpid(), port);
  fflush(stdout);

  while (poll(watched, watched_count, -1) > 0 || errno == EINTR) {
    if (watched[datagrams].revents != 0 && take(watched[datagrams].fd, &udp.bytes, &udp.lines)) udp.datagrams += 1;
    clients_serve();
    if (watched[connections].revents != 0) client_accept();
    // What is already here is taken before we go.
    nfds_t busy = 0;
    for (nfds_t index = 0; index < watched_count; index++) busy += watched[index].revents != 0;
    if (watched[signals].revents != 0 && busy == 1) break;
  }
  printf("collector: tcp %ld connections %ld bytes %ld lines, udp %ld datagrams %ld bytes %ld lines\n",
         tcp.connections, tcp.bytes, tcp.lines, udp.datagrams, udp.bytes, udp.lines);
  return 0;
}
