import Configuration
import Database

extension PoolSettings {
    /// As `database.pool` says.
    package init(_ pool: Configuration.Pool) {
        self.init()
        size = pool.size
        overflow = pool.overflow
        waitLimit = .milliseconds(pool.waitMilliseconds)
        recycleAfter = .milliseconds(pool.recycleMilliseconds)
    }
}
