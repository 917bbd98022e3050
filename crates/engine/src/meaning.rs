//! The model that turns texts into vectors, as an engine holds it, and what is said where meaning could not count.
//!
//! Not embedding notes (`embed`) nor ranking by meaning (`search_notes`). Invariant: a model in trouble is left alone
//! for a while, so that it delays one question and not all.

use crate::SearchBy;
use cairn_embed::{Embedder, Role};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How an engine knows what texts mean.
#[derive(Debug, Clone, Default)]
pub struct Meaning {
    /// What makes vectors; without it, search is by words alone.
    pub model: Option<Model>,
    /// The cosine, 0 to 1, below which a passage does not count as similar, where a search names none.
    pub min_similarity: Option<f32>,
    /// What a search compares its query with that does not say; [`Self::by`] is what holds.
    pub by: Option<SearchBy>,
}

impl Meaning {
    /// Returns what a search compares its query with that does not say: words and meaning where there is a model.
    pub fn by(&self) -> SearchBy {
        match (self.by, &self.model) {
            (None | Some(SearchBy::Hybrid | SearchBy::Meaning), None) => SearchBy::Text,
            (None, Some(_)) => SearchBy::Hybrid,
            (Some(by), _) => by,
        }
    }
}

/// How much of meaning an answer counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meant {
    /// The model's name; `None` when there is none.
    pub model: Option<String>,
    /// Whether the question's meaning counted.
    pub is_counted: bool,
    /// Passages of what was searched that have no vector yet.
    pub pending: u64,
    /// Passages of what was searched.
    pub passages: u64,
    /// Why meaning did not count although there is a model; one sentence without a trailing period.
    pub trouble: Option<String>,
}

/// A model, shared by whoever holds a copy.
#[derive(Clone)]
pub struct Model {
    embedder: Arc<dyn Embedder>,
    trouble: Arc<Mutex<Option<Trouble>>>,
    is_used: Arc<AtomicBool>,
}

/// What went wrong last, and until when it is believed to go on.
struct Trouble {
    until: Timestamp,
    message: String,
}

/// How long a model that failed to answer a question is left alone.
const REST: SignedDuration = SignedDuration::from_secs(30);

impl Model {
    /// Returns a model that nobody has asked yet.
    pub fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self {
            embedder,
            trouble: Arc::default(),
            is_used: Arc::default(),
        }
    }

    /// Returns the name under which its vectors are kept.
    pub fn name(&self) -> &str {
        self.embedder.id().as_str()
    }

    /// Returns how long its vectors are.
    pub fn dimensions(&self) -> usize {
        self.embedder.dimensions()
    }

    /// Gives back the memory it takes; the next text loads it again.
    pub fn unload(&self) {
        self.embedder.unload();
    }

    /// Whether it was asked anything since this was last asked.
    pub fn was_used(&self) -> bool {
        self.is_used.swap(false, Ordering::SeqCst)
    }

    /// Returns the vector of a question.
    pub(crate) fn question(&self, text: &str, now: Timestamp) -> Result<Vec<f32>, String> {
        let held = || self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = held().as_ref().filter(|trouble| now < trouble.until) {
            return Err(trouble.message.clone());
        }
        self.is_used.store(true, Ordering::SeqCst);
        let answer = self.embedder.embed(&[text], Role::Query);
        let vector = answer.map(|mut vectors| vectors.pop().unwrap_or_default());
        let vector = vector.map_err(|error| error.to_string());
        *held() = vector.as_ref().err().map(|message| Trouble {
            until: now.saturating_add(REST).unwrap_or(now),
            message: message.clone(),
        });
        vector
    }

    /// Returns the vectors of passages, in their order.
    pub(crate) fn passages(&self, texts: &[&str]) -> cairn_embed::Result<Vec<Vec<f32>>> {
        self.is_used.store(true, Ordering::SeqCst);
        self.embedder.embed(texts, Role::Passage)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Model").field(&self.name()).finish()
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}
