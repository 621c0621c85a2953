DROP TABLE ops.rate_budgets;
