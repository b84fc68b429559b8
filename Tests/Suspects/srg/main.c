#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "srg.h"

struct options options = {.hosts = "/etc/hosts", .config = "/etc/srg.conf"};

static const char usage[] =
    "usage: srg [--udp] [--ring] [--pipe] [--file PATH] [--quiet] [--count N] [--seconds N]\n"
    "           [--hosts PATH] [--config PATH] [INTERFACE [ADDRESS:PORT]]\n";

static void setting(const char *name, const char *value) {
  if (strcmp(name, "interface") == 0) {
    options.interface = strdup(value);
  } else if (strcmp(name, "collector") == 0) {
    options.collector = endpoint_read(value);
    options.remote = true;
  } else {
    errx(2, "%s: no such setting: %s", options.config, name);
  }
}

static void config_read(void) {
  FILE *file = fopen(options.config, "re");
  if (file == NULL) return;
  char name[32], value[96];
  while (fscanf(file, "%31s %95s", name, value) == 2) setting(name, value);
  fclose(file);
}

static void arguments_read(int count, char **arguments) {
  static const struct option known[] = {
      {"udp", no_argument, NULL, 'u'},        {"ring", no_argument, NULL, 'r'},
      {"pipe", no_argument, NULL, 'p'},       {"quiet", no_argument, NULL, 'q'},
      {"file", required_argument, NULL, 'f'}, {"count", required_argument, NULL, 'c'},
      {"seconds", required_argument, NULL, 's'}, {"hosts", required_argument, NULL, 'h'},
      {"config", required_argument, NULL, 'C'},  {0}};
  for (int letter; (letter = getopt_long(count, arguments, "", known, NULL)) != -1;) {
    switch (letter) {
      case 'u': options.udp = true; break;
      case 'r': options.ring = true; break;
      case 'p': options.piped = true; break;
      case 'q': options.quiet = true; break;
      case 'f': options.file = optarg; break;
      case 'c': options.count = number_read(optarg, "a count"); break;
      case 's': options.seconds = number_read(optarg, "a number of seconds"); break;
      case 'h': options.hosts = optarg; break;
      case 'C': options.config = optarg; break;
      default: fputs(usage, stderr); exit(2);
    }
  }
}

int main(int count, char **arguments) {
  arguments_read(count, arguments);
  config_read();
  if (optind < count) setting("interface", arguments[optind++]);
  if (optind < count) setting("collector", arguments[optind++]);
  bool nowhere = options.piped && !options.remote;
  if (optind < count || options.interface == NULL || nowhere || (options.file != NULL && options.remote)) {
    fputs(usage, stderr);
    return 2;
  }

  hosts_read(options.hosts);
  lines_open();
  net_read(net_open());
  lines_close();
  fprintf(stderr, "srg: %ld packets scanned, %ld skipped, %ld bytes of lines\n", scanned, skipped, lines_bytes);
  return 0;
}
