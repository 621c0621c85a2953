import Glibc

/// On a thread of our own.
func pauseMilliseconds(_ milliseconds: Int) { usleep(UInt32(milliseconds) * 1_000) }
