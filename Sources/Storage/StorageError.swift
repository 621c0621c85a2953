import Diagnostics

/// What went wrong with our tables, and what to do about it.
package struct StorageError: ExplainedError, Equatable {
    package enum Code: String, Sendable {
        /// The migration files are not a sound set: a gap, a missing half, an unknown directive.
        case migrationFiles
        /// A migration that was applied has been edited since.
        case editedMigration
        /// A migration failed half-way outside a transaction.
        case halfApplied
        /// The database was migrated by a newer program.
        case newerSchema
        /// The database has no schema, or an older one.
        case olderSchema
        /// A migration did not do what it should have.
        case verification
        /// Another process is migrating, or readers hold a lock that a migration needs.
        case busy
        /// A rollback would delete data, and nobody agreed to it.
        case deletesData
        /// No rollback leads to the version asked for.
        case badTarget
        /// The server cannot be used as it is: no such engine, too old.
        case engine
        /// The database belongs to something else: another exchange, simulated data, another data folder.
        case instance
        /// A row cannot be stored: its time is outside what the table takes.
        case rejectedTime
        /// A retention profile is not sound, or would drop what is still needed.
        case policy
        /// An upkeep step failed.
        case upkeep
        /// An archive cannot be written or read.
        case archive
        /// An archive is not what was written.
        case damagedArchive
        /// Something in the database is not as the program knows it.
        case unexpected
    }

    package var code: Code
    package var what: String
    package var place: String?
    package var remedy: String?

    package init(_ code: Code, _ what: String, place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
