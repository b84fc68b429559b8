// srg: the suspect. A sniffer, after the program of the article "Security Forensics Using DTrace": it prints a line for
// each packet it sees, as Solaris' snoop(1M) does, and sends every line to a collector on another machine.
//
// The way of a packet is the article's user stack: main > net_read > scan > srg_alarm. Every function of that way
// has a symbol and a frame of its own in every build.
#ifndef SRG_H
#define SRG_H

#include <endpoint.h>
#include <stdbool.h>
#include <stddef.h>

struct options {
  const char *interface;  // to sniff; "any" is all of them, not promiscuous
  const char *hosts;      // addresses and names, as in /etc/hosts
  const char *config;     // two words a line: `interface NAME`, `collector ADDRESS:PORT`
  const char *file;       // every line goes here and nowhere else
  bool remote;            // whether `collector` was given
  struct endpoint collector;
  bool udp;      // lines leave as datagrams, not in one TCP connection
  bool ring;     // frames are read from an mmapped ring; recv is never called
  bool piped;    // a child of ours sends what we sniff; we hold no internet socket
  bool quiet;    // nothing on standard output
  long count;    // ends after so many lines; 0: never
  long seconds;  // ends after so many seconds; 0: never
};

// main.c
extern struct options options;

// net_read.c: opens the packet socket, then reads frames until the count, the time or a signal ends it.
int net_open(void);
void net_read(int descriptor);

// scan.c: one frame; `length` is what it measured on the wire, `captured` what of it is here.
void scan(const unsigned char *frame, size_t captured, size_t length);
extern long scanned, skipped;

// summary.c: one line of text, newline and 0 included; false for traffic of our own with the collector,
// which would breed a line about every line for ever.
bool summarize(const unsigned char *frame, size_t captured, size_t length, char *line, size_t size);

// hosts.c: the names of addresses.
void hosts_read(const char *path);
const char *host_name(int family, const void *address, char *text, size_t size);

// srg_alarm.c: the watchdog over the reading of one packet; 0 calls it off.
void srg_alarm(unsigned seconds);

// lines.c: where lines go.
void lines_open(void);
void lines_write(const char *line, size_t length);
void lines_close(void);
extern long lines_bytes;

#endif
