//! What a history is told when it is opened.

use std::time::Duration;

/// How a history is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long another process that writes is waited for.
    pub busy_timeout: Duration,
    /// When something counts as recorded.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(30),
            durability: Durability::Fsync,
        }
    }
}

/// When something counts as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk: it outlives a power failure.
    Fsync,
    /// When the system has it: it outlives the process.
    Os,
}
