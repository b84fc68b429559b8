#include <string.h>

#include "srg.h"

long scanned, skipped;

void scan(const unsigned char *frame, size_t captured, size_t length) {
  char line[512];
  srg_alarm(15);
  bool wanted = summarize(frame, captured, length, line, sizeof line);
  srg_alarm(0);
  if (wanted) {
    scanned += 1;
    lines_write(line, strlen(line));
  } else {
    skipped += 1;
  }
}
