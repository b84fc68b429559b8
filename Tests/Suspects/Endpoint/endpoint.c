#include "endpoint.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct endpoint endpoint_read(const char *text) {
  struct endpoint endpoint;
  memset(&endpoint, 0, sizeof endpoint);

  char address[INET6_ADDRSTRLEN + 2];
  const char *colon = strrchr(text, ':');
  size_t length = colon == NULL ? 0 : (size_t)(colon - text);
  if (length == 0 || length >= sizeof address) errx(2, "%s is no ADDRESS:PORT", text);
  memcpy(address, text, length);
  address[length] = 0;

  long port = number_read(colon + 1, "a port");
  if (port > 65535) errx(2, "%s is no port", colon + 1);

  if (address[0] == '[' && address[length - 1] == ']') {
    address[length - 1] = 0;
    endpoint.length = sizeof endpoint.v6;
    endpoint.v6.sin6_family = AF_INET6;
    endpoint.v6.sin6_port = htons((unsigned short)port);
    if (inet_pton(AF_INET6, address + 1, &endpoint.v6.sin6_addr) == 1) return endpoint;
  } else {
    endpoint.length = sizeof endpoint.v4;
    endpoint.v4.sin_family = AF_INET;
    endpoint.v4.sin_port = htons((unsigned short)port);
    if (inet_pton(AF_INET, address, &endpoint.v4.sin_addr) == 1) return endpoint;
  }
  errx(2, "%s is no ADDRESS:PORT", text);
}

unsigned endpoint_port(const struct endpoint *endpoint) {
  return ntohs(endpoint->any.sa_family == AF_INET ? endpoint->v4.sin_port : endpoint->v6.sin6_port);
}

bool endpoint_has_address(const struct endpoint *endpoint, int family, const void *address) {
  if (endpoint->any.sa_family != family) return false;
  return family == AF_INET ? memcmp(&endpoint->v4.sin_addr, address, 4) == 0
                           : memcmp(&endpoint->v6.sin6_addr, address, 16) == 0;
}

int endpoint_connect(const struct endpoint *endpoint, int type) {
  int descriptor = socket(endpoint->any.sa_family, type | SOCK_CLOEXEC, 0);
  if (descriptor < 0) err(1, "socket");
  if (connect(descriptor, &endpoint->any, endpoint->length) < 0) err(1, "connect");
  return descriptor;
}

long number_read(const char *text, const char *what) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != 0 || number < 0) errx(2, "%s is not %s", text, what);
  return number;
}
