#ifndef CSIMDJSON_H
#define CSIMDJSON_H

// simdjson behind plain C, filling the same fields with the same rules as our decoder.
// Bytes must be followed by CS_PADDING readable bytes.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CS_PADDING = 64, CS_LEVELS_MAX = 30 };

typedef struct {
    uint64_t low;
    int64_t high;
} CSInt128;

typedef enum { CS_TRADE = 0, CS_TICKER = 1, CS_ORDER_BOOK = 2 } CSKind;

typedef struct {
    CSInt128 price;
    CSInt128 volume;
} CSLevel;

/// One message. Fields are numbered as in our key tables; `seen` has their bits, `null` those of the
/// optional ones that were null.
typedef struct {
    int32_t kind;
    uint64_t seen;
    uint64_t null;
    uint64_t symbol[3];
    CSInt128 decimal[33];
    int64_t integer[33];
    double rate[33];
    uint8_t word[33];
    int32_t asks;
    int32_t bids;
    CSLevel ask[CS_LEVELS_MAX];
    CSLevel bid[CS_LEVELS_MAX];
} CSMessage;

typedef struct CSParser CSParser;

/// Whether this machine has the instructions that the code here was compiled for (AVX2 and BMI on x86).
int32_t cs_can_run(void);

CSParser *cs_parser_create(void);
void cs_parser_free(CSParser *parser);

/// The quick way, for the benchmark: on-demand, keys looked up in the order of the wire. Returns 0 for
/// success.
int32_t cs_read(CSParser *parser, const char *bytes, size_t count, int32_t kind, int32_t is_simple,
                CSMessage *message);

/// The thorough way, for the differential test: the whole document is checked by simdjson's DOM parser,
/// then every field is read. Returns 0 when the message is accepted, 1 when simdjson refuses the
/// document because of the size of a number (which our decoder need not), 2 for any other refusal.
int32_t cs_read_thoroughly(CSParser *parser, const char *bytes, size_t count, CSMessage *message);

#ifdef __cplusplus
}
#endif

#endif
