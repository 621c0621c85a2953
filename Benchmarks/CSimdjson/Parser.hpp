#pragma once

#include "CSimdjson.h"
#include <simdjson.h>
#include <string_view>

struct CSParser {
    simdjson::ondemand::parser ondemand;
    simdjson::dom::parser dom;
};

namespace reader {

/// What a field holds. The last ones are words of a table.
enum Type {
    type_field,
    symbol_field,
    amount_field,
    sum_field,
    total_field,
    rate_field,
    integer_field,
    skipped_field,
    date_field,
    bool_field,
    levels_field,
    positive_field,
    sides,
    changes,
    streams,
    states,
    warnings,
};

struct Field {
    const char *long_name;
    const char *short_name;
    Type type;
};

constexpr Field trade_fields[18] = {
    {"type", "ty", type_field}, {"code", "cd", symbol_field}, {"timestamp", "tms", integer_field},
    {"trade_date", "td", skipped_field}, {"trade_time", "ttm", skipped_field},
    {"trade_timestamp", "ttms", integer_field}, {"trade_price", "tp", positive_field},
    {"trade_volume", "tv", positive_field}, {"ask_bid", "ab", sides}, {"prev_closing_price", "pcp", amount_field},
    {"change", "c", changes}, {"change_price", "cp", sum_field}, {"sequential_id", "sid", integer_field},
    {"best_ask_price", "bap", amount_field}, {"best_ask_size", "bas", amount_field},
    {"best_bid_price", "bbp", amount_field}, {"best_bid_size", "bbs", amount_field}, {"stream_type", "st", streams}};

constexpr Field ticker_fields[33] = {
    {"type", "ty", type_field}, {"code", "cd", symbol_field}, {"opening_price", "op", amount_field},
    {"high_price", "hp", amount_field}, {"low_price", "lp", amount_field}, {"trade_price", "tp", amount_field},
    {"prev_closing_price", "pcp", amount_field}, {"acc_trade_price", "atp", total_field}, {"change", "c", changes},
    {"change_price", "cp", sum_field}, {"signed_change_price", "scp", sum_field}, {"change_rate", "cr", rate_field},
    {"signed_change_rate", "scr", rate_field}, {"ask_bid", "ab", sides}, {"trade_volume", "tv", amount_field},
    {"acc_trade_volume", "atv", total_field}, {"trade_date", "tdt", skipped_field},
    {"trade_time", "ttm", skipped_field}, {"trade_timestamp", "ttms", integer_field},
    {"acc_ask_volume", "aav", total_field}, {"acc_bid_volume", "abv", total_field},
    {"highest_52_week_price", "h52wp", amount_field}, {"highest_52_week_date", "h52wdt", date_field},
    {"lowest_52_week_price", "l52wp", amount_field}, {"lowest_52_week_date", "l52wdt", date_field},
    {"market_state", "ms", states}, {"is_trading_suspended", "its", bool_field},
    {"delisting_date", "dd", date_field}, {"market_warning", "mw", warnings}, {"timestamp", "tms", integer_field},
    {"acc_trade_price_24h", "atp24h", total_field}, {"acc_trade_volume_24h", "atv24h", total_field},
    {"stream_type", "st", streams}};

constexpr Field book_fields[8] = {
    {"type", "ty", type_field}, {"code", "cd", symbol_field}, {"timestamp", "tms", integer_field},
    {"total_ask_size", "tas", total_field}, {"total_bid_size", "tbs", total_field},
    {"orderbook_units", "obu", levels_field}, {"stream_type", "st", streams}, {"level", "lv", amount_field}};

/// The number of the word that stands at `text`, which a quote ends; states and warnings take any word.
bool find_word(int table, const char *text, uint8_t &out);
/// A market code in quotes, as three words.
bool read_symbol(std::string_view token, uint64_t *out);
/// `"2026-03-11"` as year × 10 000 + month × 100 + day.
bool read_date(std::string_view token, int64_t &out);

}  // namespace reader
