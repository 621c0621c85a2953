DROP FUNCTION market.correct_trade, market.is_complete;
