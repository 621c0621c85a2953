import CPostgres

/// Where a session stands between statements.
package enum TransactionState: Sendable {
    case idle
    /// Inside a transaction.
    case open
    /// Inside a transaction that can only be rolled back.
    case failed
    case unknown

    init(_ status: PGTransactionStatusType) {
        self =
            switch status {
            case PQTRANS_IDLE: .idle
            case PQTRANS_INTRANS: .open
            case PQTRANS_INERROR: .failed
            default: .unknown
            }
    }
}
