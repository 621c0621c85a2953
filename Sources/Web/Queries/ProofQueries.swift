/// What is missing and what is proven, newest first, as JSON texts.
enum ProofQueries {
    /// $1 symbol, $2 status, $3 from, $4 to, $5 limit, $6 offset
    static let gaps = page(
        "gaps",
        """
        SELECT symbol, channel, from_time, to_time, reason, status, trades_filled, created_at, updated_at
        FROM market.gaps
        WHERE ($1::text IS NULL OR symbol = $1::text) AND ($2::text IS NULL OR status = $2::text)
            AND to_time > coalesce($3::timestamptz, '-infinity')
            AND from_time < coalesce($4::timestamptz, 'infinity')
        ORDER BY from_time DESC, symbol, channel
        """)

    static let reconciliations = page(
        "reconciliations",
        """
        SELECT symbol, method, from_time, to_time, status, our_volume, exchange_volume, our_value,
            exchange_value, attempts, checked_at
        FROM market.reconciliations
        WHERE ($1::text IS NULL OR symbol = $1::text) AND ($2::text IS NULL OR status = $2::text)
            AND to_time > coalesce($3::timestamptz, '-infinity')
            AND from_time < coalesce($4::timestamptz, 'infinity')
        ORDER BY from_time DESC, symbol, method
        """)

    private static func page(_ name: String, _ source: String) -> String {
        """
        WITH page AS (
            \(source)
            LIMIT $5::bigint OFFSET $6::bigint
        )
        SELECT json_build_object('\(name)', coalesce(json_agg(row_to_json(p)), '[]'),
            'next_offset', CASE WHEN count(*) = $5::bigint THEN $6::bigint + $5::bigint END)::text AS body
        FROM page p
        """
    }
}
