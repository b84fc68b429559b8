#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "srg.h"

long lines_bytes;
static int file = -1, collector = -1, feed = -1;
static pid_t sender;

static void write_all(int descriptor, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(descriptor, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) err(1, "write");
    bytes += written;
    length -= (size_t)written;
  }
}

static void collector_send(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(collector, bytes, length, MSG_NOSIGNAL);
    // A datagram that nobody takes is lost, and the refusal of the one before it is no reason to stop.
    if (sent < 0 && errno == ECONNREFUSED && options.udp) return;
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) err(1, "send");
    bytes += sent;
    length -= (size_t)sent;
  }
}

static void collector_open(void) {
  collector = endpoint_connect(&options.collector, options.udp ? SOCK_DGRAM : SOCK_STREAM);
}

// The sending half of --pipe: what comes through the pipe goes to the collector, a line at a time.
static void sender_run(int source) {
  signal(SIGINT, SIG_IGN);  // the sniffer hears it, and closes the pipe
  collector_open();
  FILE *lines = fdopen(source, "r");
  char line[512];
  while (lines != NULL && fgets(line, sizeof line, lines) != NULL) collector_send(line, strlen(line));
  _exit(0);
}

static void sender_start(void) {
  int ends[2];
  if (pipe(ends) < 0) err(1, "pipe");
  sender = fork();
  if (sender < 0) err(1, "fork");
  if (sender == 0) {
    close(ends[1]);
    sender_run(ends[0]);
  }
  close(ends[0]);
  feed = ends[1];
  fprintf(stderr, "srg: process %d sends\n", sender);
}

void lines_open(void) {
  if (options.file != NULL) {
    file = open(options.file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) err(1, "%s", options.file);
  }
  if (options.piped) {
    sender_start();
  } else if (options.remote) {
    collector_open();
  }
}

void lines_write(const char *line, size_t length) {
  lines_bytes += (long)length;
  if (file >= 0) {
    write_all(file, line, length);
    return;
  }
  if (!options.quiet) write_all(STDOUT_FILENO, line, length);
  if (feed >= 0) write_all(feed, line, length);
  if (collector >= 0) collector_send(line, length);
}

void lines_close(void) {
  if (file >= 0) close(file);
  if (collector >= 0) close(collector);
  if (feed >= 0) {
    close(feed);
    int status;
    if (waitpid(sender, &status, 0) == sender && status != 0) exit(1);
  }
}
