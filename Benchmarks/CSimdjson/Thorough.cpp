// The reference of the differential test: simdjson judges the document, and every field is read from its
// unescaped key, its raw number or its unescaped string.

#include "Number.hpp"
#include "Parser.hpp"
#include <cstdlib>
#include <string>

using namespace simdjson;

namespace {

/// Puts a string into quotes again, for the readers that take tokens.
std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool read_date_object(ondemand::object object, int64_t &out) {
    int64_t part[3];
    int seen = 0;
    const char *names[] = {"year", "month", "day"};
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key)) return false;
        std::string name(key);
        int index = -1;
        for (int at = 0; at < 3; at++)
            if (name == names[at]) index = at;
        ondemand::value value;
        if (field.value().get(value)) return false;
        if (index < 0) continue;
        if (seen & (1 << index)) return false;
        seen |= 1 << index;
        std::string_view token = value.raw_json_token();
        if (!reader::integer(token, part[index])) return false;
    }
    if (seen != 7 || part[0] < 1 || part[0] > 9999 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31)
        return false;
    char text[16];
    snprintf(text, sizeof text, "%04d-%02d-%02d", int(part[0]), int(part[1]), int(part[2]));
    return reader::read_date(in_quotes(text), out);
}

bool read_amount(ondemand::value value, int64_t scale, bool is_rounding, CSInt128 &out) {
    ondemand::json_type type;
    if (value.type().get(type) || type != ondemand::json_type::number) return false;
    std::string_view token = value.raw_json_token();
    reader::Number number;
    return reader::read(token, number) && reader::scale(number, scale, is_rounding, out);
}

bool is_amount(ondemand::value value, CSInt128 &out) {
    return read_amount(value, 8, false, out) && !reader::is_negative(out);
}

bool read_levels(ondemand::value value, CSMessage &out) {
    ondemand::array levels;
    if (value.get_array().get(levels)) return false;
    for (auto element : levels) {
        ondemand::object object;
        if (element.get_object().get(object)) return false;
        CSInt128 part[4];
        unsigned seen = 0;
        for (auto field : object) {
            std::string_view key;
            if (field.unescaped_key().get(key)) return false;
            std::string name(key);
            int index = name == "ask_price" || name == "ap"   ? 0
                        : name == "bid_price" || name == "bp" ? 1
                        : name == "ask_size" || name == "as"  ? 2
                        : name == "bid_size" || name == "bs"  ? 3
                                                              : -1;
            ondemand::value number;
            if (field.value().get(number)) return false;
            if (index < 0) continue;
            if (seen & (1u << index)) return false;
            seen |= 1u << index;
            if (!is_amount(number, part[index])) return false;
        }
        if (seen != 15) return false;
        if (!reader::is_zero(part[0])) {
            if (out.asks == CS_LEVELS_MAX) return false;
            out.ask[out.asks++] = {part[0], part[2]};
        }
        if (!reader::is_zero(part[1])) {
            if (out.bids == CS_LEVELS_MAX) return false;
            out.bid[out.bids++] = {part[1], part[3]};
        }
    }
    return true;
}

/// An order book's code may end in a depth.
std::string without_depth(std::string text) {
    size_t dot = text.find('.');
    if (dot == std::string::npos || text.size() > 24) return text;
    std::string suffix = text.substr(dot + 1);
    if (suffix.empty() || suffix.size() > 3 || suffix.find_first_not_of("0123456789") != std::string::npos) return text;
    return text.substr(0, dot);
}

bool read_milliseconds(ondemand::value value, int64_t &out) {
    ondemand::json_type type;
    if (value.type().get(type) || type != ondemand::json_type::number) return false;
    std::string_view token = value.raw_json_token();
    return reader::integer(token, out);
}

bool read_field(ondemand::value value, int field, reader::Type type, CSMessage &out) {
    switch (type) {
    case reader::amount_field: return is_amount(value, out.decimal[field]);
    case reader::positive_field:
        return is_amount(value, out.decimal[field]) && !reader::is_zero(out.decimal[field]);
    case reader::sum_field: return read_amount(value, 16, true, out.decimal[field]);
    case reader::total_field:
        return read_amount(value, 16, true, out.decimal[field]) && !reader::is_negative(out.decimal[field]);
    case reader::rate_field: {
        // simdjson 3.0.1's own get_double() is wrong for numbers of more than 19 digits.
        ondemand::json_type json;
        if (value.type().get(json) || json != ondemand::json_type::number) return false;
        std::string_view token = value.raw_json_token();
        out.rate[field] = strtod(std::string(token).c_str(), nullptr);
        return true;
    }
    case reader::integer_field: {
        if (!read_milliseconds(value, out.integer[field])) return false;
        // Times become microseconds; an id does not.
        int64_t ignored;
        bool is_id = out.kind == CS_TRADE && field == 12;
        return is_id || !__builtin_mul_overflow(out.integer[field], int64_t(1000), &ignored);
    }
    case reader::bool_field: {
        bool flag;
        if (value.get_bool().get(flag)) return false;
        out.word[field] = flag;
        return true;
    }
    case reader::levels_field: return read_levels(value, out);
    case reader::date_field: {
        ondemand::json_type json;
        if (value.type().get(json)) return false;
        if (json == ondemand::json_type::object) return read_date_object(value.get_object(), out.integer[field]);
        std::string_view text;
        return !value.get_string().get(text) && reader::read_date(in_quotes(text), out.integer[field]);
    }
    default: break;
    }
    std::string_view view;
    if (value.get_string().get(view)) return false;
    std::string text(view);
    if (type == reader::symbol_field)
        return reader::read_symbol(in_quotes(out.kind == CS_ORDER_BOOK ? without_depth(text) : text), out.symbol);
    // The readers of words look behind the word.
    std::string padded = text + "\"                ";
    if (text.find('"') != std::string::npos) padded = "?\"                ";
    return reader::find_word(type, padded.c_str(), out.word[field]);
}

bool is_optional(int kind, int field) {
    const uint64_t trade = 0b1000111100011, ticker = 0xE004DFFF, book = 0b111111;
    uint64_t required = kind == CS_TRADE ? trade : kind == CS_TICKER ? ticker : book;
    return !(required >> field & 1);
}

}  // namespace

static int32_t read_all(CSParser *parser, const char *bytes, size_t count, CSMessage &out) {
    const reader::Field *fields = out.kind == CS_TRADE    ? reader::trade_fields
                                  : out.kind == CS_TICKER ? reader::ticker_fields
                                                          : reader::book_fields;
    int fields_count = out.kind == CS_TRADE ? 18 : out.kind == CS_TICKER ? 33 : 8;
    ondemand::document document;
    ondemand::object object;
    if (parser->ondemand.iterate(bytes, count, count + CS_PADDING).get(document)) return 2;
    if (document.get_object().get(object)) return 2;
    for (auto item : object) {
        std::string_view key;
        if (item.unescaped_key().get(key)) return 2;
        std::string name(key);
        int field = -1;
        for (int at = 0; at < fields_count; at++)
            if (name == fields[at].long_name || name == fields[at].short_name) field = at;
        ondemand::value value;
        if (item.value().get(value)) return 2;
        if (field < 0) continue;
        if (out.seen >> field & 1) return 2;
        out.seen |= 1ull << field;
        if (field == 0 || fields[field].type == reader::skipped_field) continue;
        ondemand::json_type type;
        if (value.type().get(type)) return 2;
        if (type == ondemand::json_type::null && is_optional(out.kind, field)) {
            out.null |= 1ull << field;
            continue;
        }
        if (!read_field(value, field, fields[field].type, out)) return 2;
    }
    for (int field = 0; field < fields_count; field++)
        if (!is_optional(out.kind, field) && !(out.seen >> field & 1)) return 2;
    return 0;
}

extern "C" int32_t cs_read_thoroughly(CSParser *parser, const char *bytes, size_t count, CSMessage *message) {
    dom::element root;
    // simdjson copies when it may not read behind the bytes; here it may.
    error_code error = parser->dom.parse(bytes, count, false).get(root);
    if (error == NUMBER_ERROR) return 1;
    if (error) return 2;
    std::string_view type;
    if (root["type"].get(type) && root["ty"].get(type)) return 2;
    *message = CSMessage();
    message->kind = type == "trade" ? CS_TRADE : type == "ticker" ? CS_TICKER : type == "orderbook" ? CS_ORDER_BOOK : -1;
    if (message->kind < 0) return 2;
    return read_all(parser, bytes, count, *message);
}
