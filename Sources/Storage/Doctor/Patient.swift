import Database
import Market

/// What the doctor examines: a database, and the settings that it is to serve.
package struct Patient: Sendable {
    package var connection: Connection
    /// The address that the roles use; it may lead through a pooler.
    package var options: ConnectionOptions
    /// The address of the server itself.
    package var directOptions: ConnectionOptions
    package var instance: Instance
    package var profile: RetentionProfile
    package var archive: ArchiveFolder
    /// The markets that are captured, when known; the growth is projected for as many.
    package var marketsCount: Int?
    /// Our clock.
    package var now: @Sendable () -> Instant

    package init(
        connection: Connection, options: ConnectionOptions, directOptions: ConnectionOptions,
        instance: Instance,
        profile: RetentionProfile, archive: ArchiveFolder, marketsCount: Int? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.connection = connection
        self.options = options
        self.directOptions = directOptions
        self.instance = instance
        self.profile = profile
        self.archive = archive
        self.marketsCount = marketsCount
        self.now = now
    }
}
