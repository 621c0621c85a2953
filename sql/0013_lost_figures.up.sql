-- verify: (SELECT count(*) = 2 FROM pg_attribute WHERE attrelid = 'market.gaps'::regclass AND attname IN ('lost_volume', 'lost_value'))
--
-- What a loss comes to, as exactly as the exchange's figures told it: after a restart nothing but that is
-- explained by it, and nothing is looked for again.

ALTER TABLE market.gaps ADD COLUMN lost_volume numeric, ADD COLUMN lost_value numeric;
COMMENT ON COLUMN market.gaps.lost_volume IS 'Volume that the exchange counts in it and nobody has, in the base currency; null when it is not known.';
COMMENT ON COLUMN market.gaps.lost_value IS 'The same in the quote currency; null when it is not known.';
