//! The beat at which a host looks after what runs behind it.
//!
//! Not what it looks at. Invariant: who wakes it is heard even while nobody waits, and after the end nobody waits.

use super::locked;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The beat at which a host looks after what runs behind it.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    beat: Mutex<Beat>,
    changed: Condvar,
}

/// Whether somebody waits for the next beat.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Beat {
    /// When its time comes.
    #[default]
    Regular,
    /// At once.
    Woken,
    /// Never again.
    Ended,
}

impl Pulse {
    /// Has the next beat come at once.
    pub(super) fn wake(&self) {
        let mut beat = locked(&self.beat);
        if *beat == Beat::Regular {
            *beat = Beat::Woken;
            self.changed.notify_all();
        }
    }

    /// Wants no more.
    pub(super) fn end(&self) {
        *locked(&self.beat) = Beat::Ended;
        self.changed.notify_all();
    }

    /// Waits for the next beat; `false` when there is none.
    pub(super) fn wait(&self, longest: Duration) -> bool {
        let mut beat = self
            .changed
            .wait_timeout_while(locked(&self.beat), longest, |beat| *beat == Beat::Regular)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        if *beat == Beat::Woken {
            *beat = Beat::Regular;
        }
        *beat != Beat::Ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_beats_when_woken_and_never_after_the_end() {
        let (pulse, never) = (Pulse::default(), Duration::from_secs(100_000));
        pulse.wake();
        assert!(pulse.wait(never));
        assert!(pulse.wait(Duration::ZERO));
        pulse.end();
        pulse.wake();
        assert!(!pulse.wait(never));
    }
}
