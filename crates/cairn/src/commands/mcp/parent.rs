//! Whether the process that started this one still lives.
//!
//! A client that is killed closes no pipe it shares with others, so the end of stdin alone is not to be relied on.
//! Invariant: who is adopted by another process has lost its parent; nothing else counts.

/// Calls `gone` once the parent of this process has ended.
#[cfg(unix)]
pub(super) fn watch(gone: impl FnOnce() + Send + 'static) {
    /// A server must be gone a second after its parent.
    const EVERY: std::time::Duration = std::time::Duration::from_millis(400);
    let parent = std::os::unix::process::parent_id();
    let watched = std::thread::Builder::new()
        .name("cairn-parent".to_owned())
        .spawn(move || {
            while std::os::unix::process::parent_id() == parent {
                std::thread::sleep(EVERY);
            }
            gone();
        });
    // Without the thread the end of stdin still ends the server.
    drop(watched);
}

/// There is no adoption to notice; the end of stdin ends the server.
#[cfg(not(unix))]
pub(super) fn watch(_gone: impl FnOnce() + Send + 'static) {}
