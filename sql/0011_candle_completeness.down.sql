DROP TRIGGER gaps_mark_candles ON market.gaps;
DROP FUNCTION market.gaps_mark_candles;
