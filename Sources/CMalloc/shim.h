// glibc's settings of its allocator, which Swift's Glibc module does not have.
#include <malloc.h>
