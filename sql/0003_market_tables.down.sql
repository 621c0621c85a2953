-- deletes-data: true

DROP VIEW market.latest_indicators_age;
DROP TABLE market.indicator_states, market.repairs, market.reconciliations, market.gaps,
    market.latest_indicators, market.markets;
