-- verify: to_regclass('ops.rate_budgets') IS NOT NULL
--
-- The REST budget of several hosts that share an address (exchange.rate_budget: database).

CREATE TABLE ops.rate_budgets (
    generation bigint NOT NULL DEFAULT 0 CHECK (generation >= 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    shares_until timestamptz NOT NULL DEFAULT 'epoch',
    name text PRIMARY KEY CHECK (length(name) <= 300),
    record bytea NOT NULL DEFAULT '' CHECK (octet_length(record) <= 65536)
) WITH (fillfactor = 50);
SELECT ops.describe('ops.rate_budgets', 'The calls that an exchange allows to one address, for all hosts that share it. A writer changes the record that it read only while the generation is still the same.', '{
    "generation": "Grows by one with each change of the record.",
    "updated_at": "When the record was changed, by the database clock.",
    "shares_until": "Until then no host takes calls from here, since one of them had lost the database; each keeps to its own share of the limits.",
    "name": "The exchange: profile, host and port.",
    "record": "Which calls are taken and which stops hold, in the format of the program; one that it does not understand is begun afresh."}');
SELECT ops.grant_roles();
