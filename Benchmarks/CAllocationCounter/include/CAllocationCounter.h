#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stdint.h>

/// How often the process has asked for memory. A program that links this has its malloc, calloc, realloc
/// and aligned allocations counted.
uint64_t allocation_count(void);

#endif
