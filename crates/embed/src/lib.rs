//! Texts to vectors: the built-in model, and models behind HTTP.
//!
//! This room knows nothing of notes, passages or databases: texts come in, vectors go out, and where they are kept and
//! looked through is another room's business. It reads no clock and no environment; keys, pauses and numbers of threads are given.
//! Invariant: the same text, role and model give the same vector, whatever else is embedded beside it, and a vector
//! always has the length and the [`ModelId`] its embedder says.

mod builtin;
mod error;
mod hashed;
mod model_id;
mod remote;

pub use builtin::Builtin;
pub use error::{Error, Result};
pub use hashed::Hashed;
pub use model_id::{ModelId, Prefixes};
pub use remote::{Detour, Endpoint, Key, Pause, Protocol, Remote};

/// Something that turns texts into vectors.
pub trait Embedder: Send + Sync {
    /// Which model this is; vectors of different ids must never be compared.
    fn id(&self) -> &ModelId;

    /// How long every vector is.
    fn dimensions(&self) -> usize;

    /// One vector per text, in the order of the texts, each of length one.
    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>>;

    /// One vector per token of a text, each of length one, for comparing two texts token by token. `None` when this
    /// model tells only whole texts.
    fn tokens(&self, text: &str, role: Role) -> Result<Option<Vec<Vec<f32>>>> {
        let (_, _) = (text, role);
        Ok(None)
    }

    /// Gives back what the model holds in memory, as soon as nobody uses it; the next text takes it again.
    fn unload(&self) {}
}

/// What a text is embedded for; some models want to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A question.
    Query,
    /// Something that may answer one.
    Passage,
}

/// Makes a vector as long as one. `None` when it has no direction.
fn normalised(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if !(length.is_finite() && length > 0.0) {
        return None;
    }
    for value in &mut vector {
        *value /= length;
    }
    Some(vector)
}
