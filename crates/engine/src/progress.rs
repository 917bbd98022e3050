//! How a long verb says how far it is, and how it is told to stop.
//!
//! Not who listens: a terminal, a wire, nobody. Invariant: a verb that sees the flag stops between two files
//! and leaves the index as a shorter run would have.

use std::sync::atomic::{AtomicBool, Ordering};

/// Who listens to a long verb.
pub trait Progress: Sync {
    /// A phase begins; `total` steps are known to lie ahead of it, when that is known.
    fn begin(&self, phase: &'static str, total: Option<u64>);
    /// That many more steps of the phase are done.
    fn advance(&self, steps: u64);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _phase: &'static str, _total: Option<u64>) {}
    fn advance(&self, _steps: u64) {}
}

/// A flag that asks a long verb to stop.
#[derive(Debug, Default)]
pub struct Cancel(AtomicBool);

impl Cancel {
    /// Returns a flag nobody has raised, for statics.
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
