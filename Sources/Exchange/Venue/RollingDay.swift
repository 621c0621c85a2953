/// Sums of the last 24 hours, by minutes: the present minute and the 1,439 before it.
struct RollingDay: Sendable {
    static let minutes = 1_440

    private var volumes: [Int128]
    private var values: [Int128]
    private var minute: Int64
    private(set) var volume: Int128 = 0
    private(set) var value: Int128 = 0

    init(minute: Int64) {
        volumes = [Int128](repeating: 0, count: Self.minutes)
        values = volumes
        self.minute = minute
    }

    /// Forgets what has become older than a day at `minute`.
    mutating func advance(to minute: Int64) {
        guard minute > self.minute else { return }
        let steps = min(Int64(Self.minutes), minute - self.minute)
        for step in 1...steps {
            let slot = Int((self.minute + step) % Int64(Self.minutes))
            volume -= volumes[slot]
            value -= values[slot]
            volumes[slot] = 0
            values[slot] = 0
        }
        self.minute = minute
    }

    /// Adds trades of `minute`, which is not later than the present one and less than a day old.
    mutating func add(volume: Int128, value: Int128, minute: Int64) {
        guard minute > self.minute - Int64(Self.minutes), minute <= self.minute else { return }
        let slot = Int(minute % Int64(Self.minutes))
        volumes[slot] += volume
        values[slot] += value
        self.volume += volume
        self.value += value
    }
}
