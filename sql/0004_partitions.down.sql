DROP FUNCTION ops.ensure_partitions;
DROP FUNCTION ops.partition_ranges;
