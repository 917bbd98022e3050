//! Embedding behind: passages get their vectors while nobody waits for them.
//!
//! Not how they are made: that is the engine's and the model's. Invariant: of all processes that share an index one
//! embeds, calls come first, and a model in trouble is asked less and less often and costs nobody an answer.

#[cfg(test)]
mod tests;

use super::pulse::Beat;
use super::{Host, locked};
use cairn_engine::{Cancel, Engine, Error, Lead, Model, Progress};
use jiff::{SignedDuration, Timestamp};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often a host looks whether it may embed.
const BEAT: Duration = Duration::from_secs(2);

/// How often it looks for what other processes wrote while one of them watches: nobody here hears of that.
const QUICK_BEAT: Duration = Duration::from_millis(500);

/// Passages after which the lock and the settings are looked at again.
const AT_ONCE: u64 = 1024;

/// Passages that are embedded at once while calls are answered: so few that they delay less than one call in twenty.
const FEW: u64 = 4;

/// How often so few are embedded without a pause when something changed just now.
const URGENT: u32 = 4;

/// How long no call must be answered before many passages are embedded at once, and how often that is waited for before
/// a few are all the same.
const PAUSE: Duration = Duration::from_millis(50);
const MOST_PAUSES: usize = 18;

/// How long a model is kept in memory that nobody uses.
const IDLE: SignedDuration = SignedDuration::from_secs(60);

/// How long a model in trouble is left alone, at first and at most.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_REST: SignedDuration = SignedDuration::from_mins(10);

/// What the thread that embeds keeps between two beats.
#[derive(Default)]
struct Embedding {
    right: Right,
    /// Whether something may be pending.
    is_due: bool,
    /// How often a few passages are not put off, since something changed just now.
    urgent: u32,
    /// Whether calls were answered while it embedded last.
    is_among_calls: bool,
    /// How the index was when it was last looked at.
    stamp: Option<u64>,
    /// When the model was last seen to be used, as long as it is in memory for that.
    used: Option<Timestamp>,
    trouble: Option<Trouble>,
}

/// Whether this process may embed.
#[derive(Default)]
enum Right {
    /// Another one does.
    #[default]
    Others,
    /// Nobody shares the index, or the lock cannot be used.
    Alone,
    /// It does, for all who share the index.
    Held(Lead),
}

/// What went wrong last.
struct Trouble {
    message: String,
    rest: SignedDuration,
    until: Timestamp,
}

impl Host {
    /// Embeds what is pending on a thread of its own, until the host is stopped or gone.
    pub(super) fn embed_behind(&self) {
        let (host, pulse) = (Weak::clone(&self.me), Arc::clone(&self.embedding));
        let spawned = std::thread::Builder::new()
            .name("cairn-embed".to_owned())
            .spawn(move || {
                let (mut embedding, mut beat) = (Embedding::default(), Beat::Woken);
                while beat != Beat::Ended {
                    let Some(host) = host.upgrade() else { return };
                    embedding.hear(beat);
                    let look = AssertUnwindSafe(|| host.embed_beat(&mut embedding));
                    // A panic in one beat is no reason to stop embedding.
                    let next = std::panic::catch_unwind(look).unwrap_or(BEAT);
                    drop(host);
                    beat = pulse.wait(next);
                }
            });
        if let Err(error) = spawned {
            self.home.log(&format!("cannot begin to embed: {error}"));
        }
    }

    /// Embeds if there is something to embed, and says how long to wait for the next beat.
    fn embed_beat(&self, embedding: &mut Embedding) -> Duration {
        // Whoever follows the folders, or is called first, opens the engine.
        let opened = locked(&self.engine).clone();
        let Some(opened) = opened.filter(|_| !self.cancel.is_cancelled()) else {
            return BEAT;
        };
        let engine = Self::followed(&opened);
        let Some(model) = &engine.settings().meaning.model else {
            *embedding = Embedding::default();
            return BEAT;
        };
        let now = (engine.settings().clock)();
        embedding.let_go(model, now);
        if self.renewed.swap(false, Ordering::SeqCst) {
            // What was wrong with the model may be mended.
            embedding.trouble = None;
        }
        if !self.may_embed(embedding, engine) {
            return BEAT;
        }
        let beat = self.look_around(embedding, engine);
        let is_resting = embedding.trouble.as_ref();
        let is_resting = is_resting.is_some_and(|trouble| now < trouble.until);
        let is_busy = self.catching_up.load(Ordering::SeqCst) > 0;
        if !embedding.is_due || is_resting || is_busy {
            return beat;
        }
        match self.embed_some(embedding, engine, now) {
            true => Duration::ZERO,
            false => beat,
        }
    }

    /// Takes the right to embed if nobody has it.
    fn may_embed(&self, embedding: &mut Embedding, engine: &Engine) -> bool {
        embedding.right = match std::mem::take(&mut embedding.right) {
            Right::Alone => Right::Alone,
            Right::Held(lead) if lead.is_held() => Right::Held(lead),
            Right::Held(_) | Right::Others => self.apply_to_embed(engine),
        };
        match &embedding.right {
            Right::Others => {
                // Whatever another process leaves behind is due when this one takes over.
                embedding.is_due = true;
                false
            }
            Right::Alone | Right::Held(_) => true,
        }
    }

    fn apply_to_embed(&self, engine: &Engine) -> Right {
        let Some(path) = engine.embed_lock() else {
            return Right::Alone;
        };
        match Lead::take(&path, &self.home.about()) {
            Ok(Some(lead)) => {
                self.home.note("embeds");
                Right::Held(lead)
            }
            Ok(None) => Right::Others,
            Err(error) => {
                self.home
                    .log(&format!("{error}; this process embeds by itself"));
                Right::Alone
            }
        }
    }

    /// Looks whether another process changed the index, where nobody tells this one, and says when to look again.
    fn look_around(&self, embedding: &mut Embedding, engine: &Engine) -> Duration {
        if self.watches.load(Ordering::SeqCst) || engine.embed_lock().is_none() {
            embedding.stamp = None;
            return BEAT;
        }
        if let Ok(stamp) = engine.stamp() {
            let before = embedding.stamp.replace(stamp);
            embedding.is_due |= before.is_none_or(|before| before != stamp);
        }
        QUICK_BEAT
    }

    /// Embeds until nothing is pending, something else comes first, or it fails. Returns whether more can be embedded.
    fn embed_some(&self, embedding: &mut Embedding, engine: &Engine, now: Timestamp) -> bool {
        let most = self.how_many(embedding);
        let stop = Cancel::new();
        let polite = Polite {
            host: self,
            stop: &stop,
            met_calls: AtomicBool::new(false),
        };
        embedding.is_due = false;
        let done = engine.embed(most, &polite, &stop);
        embedding.is_among_calls = polite.met_calls.load(Ordering::SeqCst);
        match done {
            Ok(done) => {
                if embedding.trouble.take().is_some() {
                    self.home.note("embeds again");
                }
                // What cannot be embedded yet can once a sync has seen to it, and that wakes.
                embedding.is_due = done.left > 0 && done.passages > 0;
            }
            Err(error) => {
                embedding.is_due = true;
                if let Some(line) = embedding.hold_back(&error, now) {
                    self.home.log(&line);
                }
                return false;
            }
        }
        embedding.is_due
    }

    /// Waits until no calls are answered, for less than a second, unless something changed. Returns how many passages
    /// are embedded then.
    fn how_many(&self, embedding: &mut Embedding) -> u64 {
        for _ in 0..MOST_PAUSES {
            if embedding.urgent > 0 {
                embedding.urgent -= 1;
                return FEW;
            }
            if !embedding.is_among_calls || !self.calls.were_any() {
                return AT_ONCE;
            }
            if self.embedding.pause(PAUSE) {
                embedding.hear(self.embedding.wait(Duration::ZERO));
            }
        }
        FEW
    }
}

impl Embedding {
    /// Takes notice of why a beat came.
    fn hear(&mut self, beat: Beat) {
        if beat == Beat::Woken {
            self.urgent = URGENT;
            self.is_due = true;
        }
    }

    /// Has a model give back its memory when nobody uses it.
    fn let_go(&mut self, model: &Model, now: Timestamp) {
        if model.was_used() {
            self.used = Some(now);
        } else if self
            .used
            .is_some_and(|used| now.duration_since(used) >= IDLE)
        {
            model.unload();
            self.used = None;
        }
    }

    /// Leaves the model alone for a while, each time for longer. Returns what is to be said of it, if that is new.
    fn hold_back(&mut self, error: &Error, now: Timestamp) -> Option<String> {
        let message = match error.hint() {
            Some(hint) => format!("{error}; {hint}"),
            None => error.to_string(),
        };
        let before = self.trouble.take();
        let rest = match &before {
            Some(trouble) => (trouble.rest * 2).min(LONGEST_REST),
            None => FIRST_REST,
        };
        let is_new = before.is_none_or(|trouble| trouble.message != message);
        self.trouble = Some(Trouble {
            message: message.clone(),
            rest,
            until: now.saturating_add(rest).unwrap_or(now),
        });
        is_new.then_some(message)
    }
}

/// Stops after a group of passages when calls are answered meanwhile, or something else is to be embedded first.
struct Polite<'a> {
    host: &'a Host,
    stop: &'a Cancel,
    met_calls: AtomicBool,
}

impl Progress for Polite<'_> {
    fn begin(&self, _phase: &'static str, _total: Option<u64>) {
        self.host.calls.were_any();
    }

    fn advance(&self, _passages: u64) {
        let met_calls = self.host.calls.were_any();
        self.met_calls.fetch_or(met_calls, Ordering::SeqCst);
        let is_busy = self.host.catching_up.load(Ordering::SeqCst) > 0;
        let is_over = self.host.cancel.is_cancelled() || self.host.embedding.pause(Duration::ZERO);
        if met_calls || is_busy || is_over {
            self.stop.cancel();
        }
    }
}
