/* Instructions between two moments of a program that callgrind watches. */
#include <valgrind/callgrind.h>

void begin(void) { CALLGRIND_ZERO_STATS; }
void end(const char *name) { CALLGRIND_DUMP_STATS_AT(name); }
