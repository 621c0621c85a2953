#include "Parser.hpp"
#include <cstring>

namespace reader {

static bool is(const char *text, const char *word, size_t count) {
    return std::memcmp(text, word, count) == 0 && text[count] == '"';
}

bool find_word(int table, const char *text, uint8_t &out) {
    switch (table) {
    case sides:
        if (is(text, "BID", 3)) return out = 0, true;
        if (is(text, "ASK", 3)) return out = 1, true;
        return false;
    case changes:
        if (is(text, "RISE", 4)) return out = 0, true;
        if (is(text, "FALL", 4)) return out = 2, true;
        if (is(text, "EVEN", 4)) return out = 1, true;
        return false;
    case streams:
        if (is(text, "REALTIME", 8)) return out = 1, true;
        if (is(text, "SNAPSHOT", 8)) return out = 0, true;
        return false;
    case states:
        if (is(text, "ACTIVE", 6)) return out = 1, true;
        if (is(text, "PREVIEW", 7)) return out = 0, true;
        out = is(text, "DELISTED", 8) ? 2 : 3;
        return true;
    default:
        out = !is(text, "NONE", 4);
        return true;
    }
}

static std::string_view unquoted(std::string_view token) {
    while (!token.empty() && (uint8_t)token.back() <= ' ') token.remove_suffix(1);
    if (token.size() < 2 || token.front() != '"' || token.back() != '"') return {};
    return token.substr(1, token.size() - 2);
}

bool read_symbol(std::string_view token, uint64_t *out) {
    std::string_view text = unquoted(token);
    if (text.size() < 3 || text.size() > 24) return false;
    int hyphens = 0;
    char last = '-';
    for (char letter : text) {
        bool is_letter = uint8_t(letter - 'A') < 26 || uint8_t(letter - '0') < 10;
        if (!is_letter) {
            if (letter != '-' || last == '-') return false;
            hyphens++;
        }
        last = letter;
    }
    if (hyphens != 1 || last == '-') return false;
    out[0] = out[1] = out[2] = 0;
    std::memcpy(out, text.data(), text.size());
    return true;
}

bool read_date(std::string_view token, int64_t &out) {
    std::string_view text = unquoted(token);
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    int64_t part[3] = {0, 0, 0};
    for (size_t at = 0; at < 10; at++) {
        if (at == 4 || at == 7) continue;
        if (uint8_t(text[at] - '0') > 9) return false;
        int64_t &number = part[at < 4 ? 0 : at < 7 ? 1 : 2];
        number = number * 10 + (text[at] - '0');
    }
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (part[0] < 1 || part[1] < 1 || part[1] > 12 || part[2] < 1) return false;
    bool is_leap = part[0] % 4 == 0 && (part[0] % 100 != 0 || part[0] % 400 == 0);
    if (part[2] > lengths[part[1] - 1] + (part[1] == 2 && is_leap)) return false;
    out = part[0] * 10000 + part[1] * 100 + part[2];
    return true;
}

}  // namespace reader
