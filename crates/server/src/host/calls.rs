//! The calls that are answered, counted, so that what runs behind can make room for them.
//!
//! Not what they are. Invariant: a call that panics is counted as answered too.

use std::sync::atomic::{AtomicU64, Ordering};

/// The calls of a host.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    begun: AtomicU64,
    answered: AtomicU64,
    /// How many had begun when it was last looked.
    seen: AtomicU64,
}

/// A call, until it is answered.
#[derive(Debug)]
#[must_use = "the call is answered when this is dropped"]
pub(crate) struct Answering<'a>(&'a Calls);

impl Calls {
    /// Begins a call.
    pub(crate) fn begin(&self) -> Answering<'_> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        Answering(self)
    }

    /// Whether any call was under way since it was last asked.
    pub(super) fn were_any(&self) -> bool {
        let answered = self.answered.load(Ordering::SeqCst);
        let begun = self.begun.load(Ordering::SeqCst);
        self.seen.swap(begun, Ordering::SeqCst) != begun || answered != begun
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_while_it_goes_on_and_once_more() {
        let calls = Calls::default();
        assert!(!calls.were_any());
        let call = calls.begin();
        assert!(calls.were_any());
        assert!(calls.were_any(), "it goes on");
        drop(call);
        assert!(!calls.were_any());
        drop(calls.begin());
        assert!(calls.were_any(), "it came and went");
        assert!(!calls.were_any());
    }
}
