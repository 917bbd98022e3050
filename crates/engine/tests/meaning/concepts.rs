//! A model that knows a few words by what they mean.

use cairn_embed::{Embedder, Error, ModelId, Prefixes, Result, Role};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const CONCEPTS: &[&[&str]] = &[
    &["dog", "hound", "puppy"],
    &["cat", "kitten", "purrs"],
    &["bread", "dough", "loaf", "bake"],
    &["soup", "broth", "simmer"],
];

/// One dimension for each concept, and one for texts without any.
pub(crate) struct Concepts {
    id: ModelId,
    told: AtomicUsize,
    asked: AtomicUsize,
    fails: AtomicBool,
}

impl Concepts {
    pub(crate) fn new(name: &str) -> Arc<Self> {
        Arc::new(Self {
            id: ModelId::new(name, "1", CONCEPTS.len() + 2, &Prefixes::default()),
            told: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            fails: AtomicBool::new(false),
        })
    }

    /// How many passages it was told.
    pub(crate) fn told(&self) -> usize {
        self.told.load(Ordering::SeqCst)
    }

    /// How many questions it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }
}

impl Embedder for Concepts {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        CONCEPTS.len() + 2
    }

    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        let counter = match role {
            Role::Query => &self.asked,
            Role::Passage => &self.told,
        };
        counter.fetch_add(texts.len(), Ordering::SeqCst);
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::Builtin {
                reason: "it is out of order".to_owned(),
            });
        }
        Ok(texts.iter().map(|text| vector(text, role)).collect())
    }
}

fn vector(text: &str, role: Role) -> Vec<f32> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let mut vector = vec![0.0_f32; CONCEPTS.len() + 2];
    for (place, concept) in CONCEPTS.iter().enumerate() {
        vector[place] = words.iter().filter(|word| concept.contains(word)).count() as f32;
    }
    // A text about nothing known is like no other, a question about nothing known like no text.
    let nothing = CONCEPTS.len() + usize::from(role == Role::Query);
    if vector.iter().all(|value| *value == 0.0) {
        vector[nothing] = 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}
