// Opens the file whose name stands on a page of FILE that it has mapped and never looked at: at the entry of its open the page is
// not there; the call itself brings it in. `--twice` does it again, when it is there.
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 2) errx(2, "usage: unread FILE [--twice]");
  int times = count > 2 && strcmp(arguments[2], "--twice") == 0 ? 2 : 1;
  int file = open(arguments[1], O_RDONLY | O_CLOEXEC);
  if (file < 0) err(1, "%s", arguments[1]);
  long page = sysconf(_SC_PAGESIZE);
  char *memory = mmap(NULL, page, PROT_READ, MAP_PRIVATE, file, page);
  if (memory == MAP_FAILED) err(1, "mmap");
  for (int time = 0; time < times; time++) {
    int named = open(memory, O_RDONLY | O_CLOEXEC);
    if (named < 0) err(1, "%s", memory);
    close(named);
  }
  return 0;
}
