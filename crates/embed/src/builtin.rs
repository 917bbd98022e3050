//! The model inside the binary: all-MiniLM-L6-v2 with int8 weights.
//!
//! It needs no file, no network and no set-up. The first text loads it, [`Embedder::unload`] gives its memory back;
//! when to do so is the caller's decision. It reads the first 256 tokens of a text, and it knows English.
//! Invariant: each text runs alone on one thread, so a vector depends on nothing but its text.

mod network;
mod wordpiece;

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rten::ThreadPool;

use self::{network::Network, wordpiece::WordPiece};
use crate::{Embedder, Error, ModelId, Prefixes, Result, Role, normalised};

/// Name and dimensions of the model.
const NAME: &str = "all-MiniLM-L6-v2";
const DIMENSIONS: usize = 384;

/// The checksum of the published weights begins so. How they are rounded is not part of it: vectors of another
/// rounding may be compared with these.
const REVISION: &str = "53aa51172d14";

/// The model in the binary.
pub struct Builtin {
    id: ModelId,
    threads: NonZero<usize>,
    loaded: Mutex<Option<Arc<Loaded>>>,
}

impl Builtin {
    /// The model, not loaded yet, which embeds up to so many passages at once.
    pub fn new(threads: NonZero<usize>) -> Self {
        Self {
            id: ModelId::new(NAME, REVISION, DIMENSIONS, &Prefixes::default()),
            threads,
            loaded: Mutex::new(None),
        }
    }

    /// Whether the model is in memory.
    pub fn is_loaded(&self) -> bool {
        self.loaded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn loaded(&self) -> Result<Arc<Loaded>> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &*loaded {
            return Ok(Arc::clone(loaded));
        }
        let fresh = Arc::new(Loaded::new(self.threads)?);
        *loaded = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl Embedder for Builtin {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let loaded = self.loaded()?;
        match role {
            Role::Query => texts
                .iter()
                .map(|text| loaded.vector(text, &loaded.queries))
                .collect(),
            Role::Passage => loaded.passages(texts),
        }
    }

    fn tokens(&self, text: &str, _role: Role) -> Result<Option<Vec<Vec<f32>>>> {
        let loaded = self.loaded()?;
        let outputs = loaded.outputs(text, &loaded.queries)?;
        // The first and the last belong to `[CLS]` and `[SEP]`, which are no part of the text.
        let count = (outputs.len() / DIMENSIONS).saturating_sub(2);
        let tokens = outputs.chunks_exact(DIMENSIONS).skip(1).take(count);
        tokens
            .map(|token| normalised(token.to_vec()).ok_or_else(no_direction))
            .collect::<Result<_>>()
            .map(Some)
    }

    fn unload(&self) {
        *self.loaded.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn no_direction() -> Error {
    Error::Builtin {
        reason: "a vector has no direction".to_owned(),
    }
}

/// What is in memory while the model is used.
struct Loaded {
    pieces: WordPiece,
    network: Network,
    /// A thread of its own, so that a question never waits for passages.
    queries: Arc<ThreadPool>,
    /// One thread each. The runtime would split one text over a larger pool, which helps less than a text per thread.
    passages: Vec<Arc<ThreadPool>>,
}

impl Loaded {
    fn new(threads: NonZero<usize>) -> Result<Self> {
        let thread = || Arc::new(ThreadPool::with_num_threads(1));
        Ok(Self {
            pieces: WordPiece::new(),
            network: Network::load()?,
            queries: thread(),
            passages: (0..threads.get()).map(|_| thread()).collect(),
        })
    }

    /// Each thread takes the next text that nobody has taken yet.
    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let next = AtomicUsize::new(0);
        let work = |pool: &Arc<ThreadPool>| -> Result<Vec<(usize, Vec<f32>)>> {
            let mut done = Vec::new();
            while let Some((at, text)) = {
                let at = next.fetch_add(1, Ordering::Relaxed);
                texts.get(at).map(|text| (at, text))
            } {
                done.push((at, self.vector(text, pool)?));
            }
            Ok(done)
        };
        let mut vectors = if let [pool] = &self.passages[..] {
            work(pool)?
        } else {
            thread::scope(|scope| {
                let started: Vec<_> = self
                    .passages
                    .iter()
                    .take(texts.len())
                    .map(|pool| scope.spawn(|| work(pool)))
                    .collect();
                let mut vectors = Vec::with_capacity(texts.len());
                for thread in started {
                    match thread.join() {
                        Ok(done) => vectors.extend(done?),
                        Err(panic) => std::panic::resume_unwind(panic),
                    }
                }
                Ok(vectors)
            })?
        };
        vectors.sort_unstable_by_key(|(at, _)| *at);
        Ok(vectors.into_iter().map(|(_, vector)| vector).collect())
    }

    /// The mean of the token vectors, as long as one.
    fn vector(&self, text: &str, pool: &Arc<ThreadPool>) -> Result<Vec<f32>> {
        let outputs = self.outputs(text, pool)?;
        let mut mean = vec![0.0; DIMENSIONS];
        for token in outputs.chunks_exact(DIMENSIONS) {
            for (sum, value) in mean.iter_mut().zip(token) {
                *sum += value;
            }
        }
        normalised(mean).ok_or_else(no_direction)
    }

    /// What the network says of each token, one vector after the other.
    fn outputs(&self, text: &str, pool: &Arc<ThreadPool>) -> Result<Vec<f32>> {
        self.network.run(self.pieces.ids(text), pool)
    }
}
