// zlib, with its two initialisers, which are macros, as functions.
#ifndef YEOUL_CZLIB_H
#define YEOUL_CZLIB_H

#include <zlib.h>

static inline int yeoul_deflate_start(z_stream *stream, int level, int windowBits, int memoryLevel) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY);
}

static inline int yeoul_inflate_start(z_stream *stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}

#endif
