#ifndef YEOUL_CCHECKSUM_H
#define YEOUL_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `count` bytes; `crc` is 0, or the result for the bytes before.
/// Uses the processor's instruction where it has one.
uint32_t yeoul_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by table, for processors without the instruction and for the test that compares the two.
uint32_t yeoul_crc32c_table(uint32_t crc, const void *bytes, size_t count);

#endif
