ALTER TABLE market.gaps DROP COLUMN lost_volume, DROP COLUMN lost_value;
