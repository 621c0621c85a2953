#include "Number.hpp"
#include "Parser.hpp"
#include <new>

using namespace simdjson;
using reader::Number;

namespace {

struct TradeNames {
    const char *name[18];
};
const TradeNames trade_names[2] = {
    {{"type", "code", "timestamp", "trade_date", "trade_time", "trade_timestamp", "trade_price", "trade_volume",
      "ask_bid", "prev_closing_price", "change", "change_price", "sequential_id", "best_ask_price", "best_ask_size",
      "best_bid_price", "best_bid_size", "stream_type"}},
    {{"ty", "cd", "tms", "td", "ttm", "ttms", "tp", "tv", "ab", "pcp", "c", "cp", "sid", "bap", "bas", "bbp", "bbs",
      "st"}}};

bool decimal(ondemand::value value, int64_t scale, bool is_rounding, bool is_positive, CSInt128 &out) {
    std::string_view token = value.raw_json_token();
    Number number;
    return reader::read(token, number) && reader::scale(number, scale, is_rounding, out) &&
           !(is_positive && reader::is_negative(out));
}

}  // namespace

// Looks a field up, which costs little when it is the next one, and gives up when something is wrong.
#define FIELD(NAME)                                              \
    ondemand::value value;                                       \
    if (object.find_field_unordered(NAME).get(value)) return 2;

static int32_t amount(ondemand::object &object, std::string_view name, CSInt128 &out) {
    FIELD(name)
    return decimal(value, 8, false, true, out) ? 0 : 2;
}

static int32_t total(ondemand::object &object, std::string_view name, bool is_signed, CSInt128 &out) {
    FIELD(name)
    return decimal(value, 16, true, !is_signed, out) ? 0 : 2;
}

static int32_t whole(ondemand::object &object, std::string_view name, int64_t &out) {
    FIELD(name)
    std::string_view token = value.raw_json_token();
    return reader::integer(token, out) ? 0 : 2;
}

static int32_t rate(ondemand::object &object, std::string_view name, double &out) {
    FIELD(name)
    return value.get_double().get(out) ? 2 : 0;
}

static int32_t word(ondemand::object &object, std::string_view name, int table, uint8_t &out) {
    FIELD(name)
    ondemand::raw_json_string text;
    if (value.get_raw_json_string().get(text)) return 2;
    return reader::find_word(table, text.raw(), out) ? 0 : 2;
}

static int32_t symbol(ondemand::object &object, std::string_view name, uint64_t *out) {
    FIELD(name)
    std::string_view token = value.raw_json_token();
    return reader::read_symbol(token, out) ? 0 : 2;
}

static int32_t skip(ondemand::object &object, std::string_view name) {
    FIELD(name)
    (void)value;
    return 0;
}

#define TRY(CALL) \
    if (CALL) return 2;

static int32_t read_trade(ondemand::object &object, bool is_simple, CSMessage &out) {
    const char *const *name = trade_names[is_simple].name;
    TRY(symbol(object, name[1], out.symbol))
    TRY(whole(object, name[2], out.integer[2]))
    TRY(skip(object, name[3]))
    TRY(skip(object, name[4]))
    TRY(whole(object, name[5], out.integer[5]))
    TRY(amount(object, name[6], out.decimal[6]))
    TRY(amount(object, name[7], out.decimal[7]))
    TRY(word(object, name[8], reader::sides, out.word[8]))
    TRY(amount(object, name[9], out.decimal[9]))
    TRY(word(object, name[10], reader::changes, out.word[10]))
    TRY(total(object, name[11], true, out.decimal[11]))
    TRY(whole(object, name[12], out.integer[12]))
    for (int field = 13; field <= 16; field++) TRY(amount(object, name[field], out.decimal[field]))
    TRY(word(object, name[17], reader::streams, out.word[17]))
    out.seen = (1u << 18) - 1;
    return 0;
}

static int32_t read_ticker(ondemand::object &object, bool is_simple, CSMessage &out) {
    const reader::Field *fields = reader::ticker_fields;
    for (int field = 1; field < 33; field++) {
        std::string_view name = is_simple ? fields[field].short_name : fields[field].long_name;
        switch (fields[field].type) {
        case reader::symbol_field: TRY(symbol(object, name, out.symbol)) break;
        case reader::amount_field: TRY(amount(object, name, out.decimal[field])) break;
        case reader::sum_field: TRY(total(object, name, true, out.decimal[field])) break;
        case reader::total_field: TRY(total(object, name, false, out.decimal[field])) break;
        case reader::rate_field: TRY(rate(object, name, out.rate[field])) break;
        case reader::integer_field: TRY(whole(object, name, out.integer[field])) break;
        case reader::skipped_field: TRY(skip(object, name)) break;
        case reader::date_field: {
            FIELD(name)
            std::string_view token = value.raw_json_token();
            if (!token.empty() && token[0] == 'n') break;
            if (!reader::read_date(token, out.integer[field])) return 2;
            break;
        }
        case reader::bool_field: {
            FIELD(name)
            bool flag;
            if (value.get_bool().get(flag)) return 2;
            out.word[field] = flag;
            break;
        }
        default: TRY(word(object, name, fields[field].type, out.word[field])) break;
        }
    }
    out.seen = (1ull << 33) - 1;
    return 0;
}

static int32_t read_book(ondemand::object &object, bool is_simple, CSMessage &out) {
    const reader::Field *fields = reader::book_fields;
#define NAME(FIELD) (is_simple ? fields[FIELD].short_name : fields[FIELD].long_name)
    TRY(symbol(object, NAME(1), out.symbol))
    TRY(whole(object, NAME(2), out.integer[2]))
    TRY(total(object, NAME(3), false, out.decimal[3]))
    TRY(total(object, NAME(4), false, out.decimal[4]))
    FIELD(NAME(5))
    ondemand::array levels;
    if (value.get_array().get(levels)) return 2;
    int count = 0;
    for (auto element : levels) {
        ondemand::object level;
        if (element.get_object().get(level) || count == CS_LEVELS_MAX) return 2;
        TRY(amount(level, is_simple ? "ap" : "ask_price", out.ask[count].price))
        TRY(amount(level, is_simple ? "bp" : "bid_price", out.bid[count].price))
        TRY(amount(level, is_simple ? "as" : "ask_size", out.ask[count].volume))
        TRY(amount(level, is_simple ? "bs" : "bid_size", out.bid[count].volume))
        count++;
    }
    out.asks = out.bids = count;
    TRY(word(object, NAME(6), reader::streams, out.word[6]))
    TRY(amount(object, NAME(7), out.decimal[7]))
    out.seen = 0xFF;
    return 0;
}

extern "C" CSParser *cs_parser_create(void) { return new (std::nothrow) CSParser(); }
extern "C" void cs_parser_free(CSParser *parser) { delete parser; }

extern "C" int32_t cs_read(CSParser *parser, const char *bytes, size_t count, int32_t kind, int32_t is_simple,
                           CSMessage *message) {
    ondemand::document document;
    if (parser->ondemand.iterate(bytes, count, count + CS_PADDING).get(document)) return 2;
    ondemand::object object;
    if (document.get_object().get(object)) return 2;
    std::string_view type_name = is_simple ? "ty" : "type";
    FIELD(type_name)
    ondemand::raw_json_string type;
    if (value.get_raw_json_string().get(type)) return 2;
    int32_t result = 2;
    message->kind = kind;
    if (kind == CS_TRADE && type == "trade") result = read_trade(object, is_simple, *message);
    if (kind == CS_TICKER && type == "ticker") result = read_ticker(object, is_simple, *message);
    if (kind == CS_ORDER_BOOK && type == "orderbook") result = read_book(object, is_simple, *message);
    return result;
}
