#pragma once

// Exact decimals from the digits of a JSON number: the same rules as Market's NumberText and FixedPoint.

#include "CSimdjson.h"
#include <cstring>
#include <string_view>

namespace reader {

typedef unsigned __int128 Wide;

struct Number {
    Wide mantissa = 0;
    int64_t exponent = 0;
    bool is_negative = false;
    bool is_cut = false;
};

inline bool are_eight_digits(uint64_t word) {
    return ((word & 0xF0F0F0F0F0F0F0F0) |
            (((word + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;
}

inline uint64_t eight_digits(uint64_t word) {
    word -= 0x3030303030303030;
    word = (word * 10) + (word >> 8);
    return (((word & 0x000000FF000000FF) * 0x000F424000000064) +
            (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
}

inline const char *digits(const char *at, const char *end, uint64_t &mantissa) {
    while (end - at >= 8) {
        uint64_t word;
        std::memcpy(&word, at, 8);
        if (!are_eight_digits(word)) break;
        mantissa = mantissa * 100000000 + eight_digits(word);
        at += 8;
    }
    while (at < end && uint8_t(*at - '0') <= 9) mantissa = mantissa * 10 + uint64_t(*at++ - '0');
    return at;
}

inline void long_digits(const char *at, const char *end, Number &number) {
    bool is_full = false, is_fraction = false;
    number.mantissa = 0;
    for (; at < end; at++) {
        if (*at == '.') {
            is_fraction = true;
            continue;
        }
        unsigned digit = unsigned(*at - '0');
        Wide next;
        if (is_full || __builtin_mul_overflow(number.mantissa, Wide(10), &next) ||
            __builtin_add_overflow(next, Wide(digit), &next)) {
            is_full = true;
            if (digit > 0) number.is_cut = true;
            if (!is_fraction) number.exponent++;
        } else {
            number.mantissa = next;
            if (is_fraction) number.exponent--;
        }
    }
}

/// Reads a token of simdjson's, which white space may follow.
inline bool read(std::string_view token, Number &number) {
    const char *at = token.data(), *end = at + token.size();
    while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\n' || end[-1] == '\r')) end--;
    if (at < end && *at == '-') {
        number.is_negative = true;
        at++;
    }
    const char *start = at;
    uint64_t mantissa = 0;
    at = digits(at, end, mantissa);
    int64_t count = at - start;
    if (count == 0 || (count > 1 && *start == '0')) return false;
    int64_t decimals = 0;
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = digits(at, end, mantissa);
        decimals = at - fraction;
        if (decimals == 0) return false;
        count += decimals;
    }
    const char *last = at;
    if (at < end && (*at | 0x20) == 'e') {
        at++;
        bool is_negative = false;
        if (at < end && (*at == '+' || *at == '-')) is_negative = *at++ == '-';
        const char *first = at;
        int64_t exponent = 0;
        while (at < end && uint8_t(*at - '0') <= 9) {
            exponent = exponent * 10 + (*at++ - '0');
            if (exponent > 100000) exponent = 100000;
        }
        if (at == first) return false;
        number.exponent = is_negative ? -exponent : exponent;
    }
    if (at != end) return false;
    if (count <= 19) {
        number.mantissa = mantissa;
        number.exponent -= decimals;
    } else {
        long_digits(start, last, number);
    }
    return true;
}

constexpr uint64_t small_powers[] = {
    1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull, 1000000000ull,
    10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull, 100000000000000ull,
    1000000000000000ull, 10000000000000000ull, 100000000000000000ull, 1000000000000000000ull,
    10000000000000000000ull};

inline Wide power(int64_t n) {
    return n <= 19 ? Wide(small_powers[n]) : Wide(small_powers[19]) * small_powers[n - 19];
}

/// The number as a count of 10^-scale; false when it is too large, or not exact and not rounding.
inline bool scale(const Number &number, int64_t scale, bool is_rounding, CSInt128 &out) {
    if (number.is_cut && !is_rounding) return false;
    int64_t shift = number.exponent + scale;
    Wide magnitude = number.mantissa;
    if (magnitude != 0) {
        if (shift >= 0) {
            if (shift > 38) return false;
            if (shift <= 18 && magnitude <= UINT64_MAX) {
                magnitude *= small_powers[shift];
            } else if (__builtin_mul_overflow(magnitude, power(shift), &magnitude)) {
                return false;
            }
        } else if (-shift > 38) {
            if (!is_rounding) return false;
            magnitude = 0;
        } else {
            Wide divisor = power(-shift), quotient = magnitude / divisor, rest = magnitude % divisor;
            bool is_exact = rest == 0 && !number.is_cut;
            if (!is_exact && !is_rounding) return false;
            Wide half = divisor / 2;
            magnitude = quotient + (!is_exact && (rest > half || (rest == half && (number.is_cut || quotient % 2))));
        }
    }
    if (magnitude >> 127) return false;
    if (number.is_negative) magnitude = -magnitude;
    out.low = uint64_t(magnitude);
    out.high = int64_t(magnitude >> 64);
    return true;
}

inline bool is_negative(const CSInt128 &value) { return value.high < 0; }
inline bool is_zero(const CSInt128 &value) { return value.high == 0 && value.low == 0; }

/// A whole number of 64 bits, however it is written.
inline bool integer(std::string_view token, int64_t &out) {
    Number number;
    CSInt128 value;
    if (!read(token, number)) return false;
    if (number.exponent == 0 && !number.is_cut && number.mantissa <= INT64_MAX) {
        out = number.is_negative ? -int64_t(number.mantissa) : int64_t(number.mantissa);
        return true;
    }
    if (!scale(number, 16, false, value)) return false;
    __int128 wide = (__int128(value.high) << 64) | value.low;
    __int128 unit = __int128(10000000000000000);
    if (wide % unit != 0) return false;
    wide /= unit;
    if (wide > INT64_MAX || wide < INT64_MIN) return false;
    out = int64_t(wide);
    return true;
}

}  // namespace reader
