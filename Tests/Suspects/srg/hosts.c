#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "srg.h"

enum { most = 64 };
static struct {
  int family;
  unsigned char address[16];
  char name[32];
} hosts[most];
static int host_count;

void hosts_read(const char *path) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return;
  char line[256], address[64];
  while (host_count < most && fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "%63s %31s", address, hosts[host_count].name) != 2) continue;
    int family = strchr(address, ':') == NULL ? AF_INET : AF_INET6;
    if (inet_pton(family, address, hosts[host_count].address) != 1) continue;
    hosts[host_count++].family = family;
  }
  fclose(file);
}

const char *host_name(int family, const void *address, char *text, size_t size) {
  size_t length = family == AF_INET ? 4 : 16;
  for (int index = 0; index < host_count; index++)
    if (hosts[index].family == family && memcmp(hosts[index].address, address, length) == 0) return hosts[index].name;
  return inet_ntop(family, address, text, (socklen_t)size);
}
