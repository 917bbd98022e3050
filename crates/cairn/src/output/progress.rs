//! A progress bar that stays away from short work.
//!
//! Invariant: nothing is drawn within the first 300 ms, and nothing is left on the screen.

use cairn_engine::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Work that is over by then was not worth a bar.
const PATIENCE: Duration = Duration::from_millis(300);

/// The progress of one verb on stderr.
#[derive(Debug)]
pub(crate) struct Bar {
    shown: bool,
    begun: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    phase: &'static str,
    total: Option<u64>,
    done: u64,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A bar that is drawn only when `shown`.
    pub(crate) fn new(shown: bool) -> Self {
        Self {
            shown,
            begun: Instant::now(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A bar half updated by a thread that panicked is still a bar.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn draw(&self, state: &mut State) {
        if !self.shown || self.begun.elapsed() < PATIENCE {
            return;
        }
        let first = state.bar.is_none();
        let bar = state.bar.get_or_insert_with(ProgressBar::hidden);
        match state.total {
            Some(total) => bar.set_length(total),
            None => bar.unset_length(),
        }
        let template = match state.total {
            Some(_) => "{msg} {bar:30} {pos}/{len}",
            None => "{msg} {spinner} {pos}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(state.phase);
        bar.set_position(state.done);
        if first {
            // Only now is it dressed.
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Progress for Bar {
    fn begin(&self, phase: &'static str, total: Option<u64>) {
        let mut state = self.state();
        state.phase = phase;
        state.total = total;
        state.done = 0;
        self.draw(&mut state);
    }

    fn advance(&self, steps: u64) {
        let mut state = self.state();
        state.done += steps;
        match &state.bar {
            Some(bar) => bar.set_position(state.done),
            None => self.draw(&mut state),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.state().bar.take() {
            bar.finish_and_clear();
        }
    }
}
