/// Waits without holding a thread. Unlike `Task.sleep` it also waits when the task was cancelled, so that a
/// loop that must run to its end (stopping a server) does not spin.
func pause(milliseconds: Int) async {
    let sleeper = Task { try? await Task.sleep(for: .milliseconds(milliseconds)) }
    _ = await sleeper.value
}
