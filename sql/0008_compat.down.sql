DROP VIEW compat.technical_indicators, compat.candles, compat.orderbooks, compat.tickers, compat.transactions,
    compat.market_data;
