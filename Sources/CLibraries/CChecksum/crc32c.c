#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

static uint32_t table[256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ ((value & 1) ? 0x82F63B78u : 0);
        table[byte] = value;
    }
}

uint32_t yeoul_crc32c_table(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&table_once, make_table);
    const uint8_t *next = bytes;
    crc = ~crc;
    while (count--) crc = table[(crc ^ *next++) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t value = (uint32_t)~crc;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        value = _mm_crc32_u64(value, word);
    }
    for (; count; count--) value = _mm_crc32_u8((uint32_t)value, *next++);
    return ~(uint32_t)value;
}

static int has_instruction(void) {
    return __builtin_cpu_supports("sse4.2");
}
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>

__attribute__((target("crc")))
static uint32_t by_instruction(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint32_t value = ~crc;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        value = __crc32cd(value, word);
    }
    for (; count; count--) value = __crc32cb(value, *next++);
    return ~value;
}

static int has_instruction(void) {
    return (getauxval(AT_HWCAP) & (1 << 7)) != 0; // HWCAP_CRC32
}
#else
static uint32_t by_instruction(uint32_t crc, const void *bytes, size_t count) {
    return yeoul_crc32c_table(crc, bytes, count);
}

static int has_instruction(void) {
    return 0;
}
#endif

uint32_t yeoul_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return has_instruction() ? by_instruction(crc, bytes, count) : yeoul_crc32c_table(crc, bytes, count);
}
