/// How often the calling thread has asked the C library for memory since it began: malloc, calloc, realloc and the aligned ones.
/// A program that links this target has its calls counted, those of its shared libraries too.
unsigned long allocation_count(void);
