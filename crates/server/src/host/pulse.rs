//! The beat at which a host looks after what runs behind it.
//!
//! Not what it looks at. Invariant: who wakes it is heard even while nobody waits, and after the end nobody waits.

use super::locked;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The beat at which a host looks after what runs behind it.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    beat: Mutex<Beat>,
    changed: Condvar,
}

/// Whether somebody waits for the next beat, or what the wait ended with.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
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

    /// Waits for the next beat and says why it came.
    pub(super) fn wait(&self, longest: Duration) -> Beat {
        let mut beat = self.until(longest);
        let came = *beat;
        if came == Beat::Woken {
            *beat = Beat::Regular;
        }
        came
    }

    /// Waits as long as the next beat does not come; whoever waits for that still finds it. Returns whether it comes.
    pub(super) fn pause(&self, longest: Duration) -> bool {
        *self.until(longest) != Beat::Regular
    }

    fn until(&self, longest: Duration) -> MutexGuard<'_, Beat> {
        self.changed
            .wait_timeout_while(locked(&self.beat), longest, |beat| *beat == Beat::Regular)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_beats_when_woken_and_never_after_the_end() {
        let (pulse, never) = (Pulse::default(), Duration::from_secs(100_000));
        pulse.wake();
        assert_eq!(pulse.wait(never), Beat::Woken);
        assert_eq!(pulse.wait(Duration::ZERO), Beat::Regular);
        pulse.end();
        pulse.wake();
        assert_eq!(pulse.wait(never), Beat::Ended);
    }

    #[test]
    fn a_pause_takes_no_beat_away() {
        let (pulse, never) = (Pulse::default(), Duration::from_secs(100_000));
        assert!(!pulse.pause(Duration::ZERO));
        pulse.wake();
        assert!(pulse.pause(never));
        assert_eq!(pulse.wait(never), Beat::Woken);
        pulse.end();
        assert!(pulse.pause(never));
    }
}
