// Where a suspect sends to, or waits: a numeric address and a port. Names are never looked up: a suspect's
// packets are to be its own words and nothing else.
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct endpoint {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  };
  socklen_t length;
};

// Reads "10.200.1.2:7000" or "[fd00::2]:7000"; ends the program with a line on stderr when it is neither.
struct endpoint endpoint_read(const char *text);

// The port, in the machine's byte order.
unsigned endpoint_port(const struct endpoint *endpoint);

// Whether `address`, in network order (4 or 16 bytes by `family`), is this endpoint's.
bool endpoint_has_address(const struct endpoint *endpoint, int family, const void *address);

// A socket of `type` (SOCK_STREAM, SOCK_DGRAM) connected to the endpoint; ends the program when it cannot.
int endpoint_connect(const struct endpoint *endpoint, int type);

// Reads a whole number of at least 0; ends the program with a line on stderr, naming `what`, when it is none.
long number_read(const char *text, const char *what);

#endif
