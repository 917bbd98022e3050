//! Searches by meaning, with a model that knows a few words.

use super::{body, titles};
use crate::harness::Server;
use cairn_embed::{Embedder, Error, ModelId, Prefixes, Result, Role};
use cairn_engine::{Cancel, Model, Silent};
use cairn_server::Body;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Each note is about one thing, in a paragraph of its own.
const VAULT: &str = "//- animals/Hound.md\n---\ndate: 2023-05-08\nmodified: 2025-06-14T08:00:00Z\n---\n# Hound\n\n\
    The hound sleeps by the door and guards the house when everybody is away from home.\n\n\
    //- animals/Copy.md\n---\ntitle: Hound\nmodified: 2025-01-01T08:00:00Z\n---\n# Hound\n\n\
    The hound sleeps by the door and guards the house when everybody is away from home.\n\n\
    //- animals/Kitten.md\n---\nmodified: 2025-02-01T08:00:00Z\n---\nA kitten purrs beside the dog.\n\n\
    //- kitchen/Bread.md\n---\nmodified: 2025-03-01T08:00:00Z\n---\nKnead the dough.\n";

const THINGS: [&[&str]; 3] = [
    &["dog", "hound", "puppy"],
    &["kitten", "cat", "purrs"],
    &["bread", "dough", "loaf"],
];

/// A dimension for each thing, and one for what is about none.
struct Things {
    id: ModelId,
    fails: AtomicBool,
}

impl Embedder for Things {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        THINGS.len() + 2
    }

    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        if self.fails.load(Ordering::SeqCst) {
            let reason = "it is out of order".to_owned();
            return Err(Error::Builtin { reason });
        }
        Ok(texts.iter().map(|text| vector(text, role)).collect())
    }
}

fn vector(text: &str, role: Role) -> Vec<f32> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let is_about = |thing: &&[&str]| words.iter().any(|word| thing.contains(word));
    let mut vector: Vec<f32> = THINGS
        .iter()
        .map(|thing| f32::from(u8::from(is_about(thing))))
        .chain([0.0, 0.0])
        .collect();
    if vector.iter().all(|value| *value == 0.0) {
        vector[THINGS.len() + usize::from(role == Role::Query)] = 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

/// A server whose notes are indexed and not embedded, and its model.
fn server() -> (Server, Arc<Things>) {
    let things = Arc::new(Things {
        id: ModelId::new("things", "1", THINGS.len() + 2, &Prefixes::default()),
        fails: AtomicBool::new(false),
    });
    let model = Model::new(Arc::clone(&things) as Arc<dyn Embedder>);
    (Server::with_model(VAULT, model), things)
}

fn embed(server: &Server) {
    let engine = server.host.engine().expect("it is open");
    let embedded = engine.embed(u64::MAX, &Silent, &Cancel::new());
    assert_eq!(embedded.expect("the model works").left, 0);
}

fn search(arguments: Value) -> (&'static str, Value) {
    ("search_notes", arguments)
}

#[test]
fn hits_by_words_and_by_meaning() {
    let (server, _) = server();
    embed(&server);
    insta::assert_snapshot!(server.transcript(&[
        search(json!({ "query": "dog" })),
        search(json!({ "query": "dog", "output_format": "json", "page_size": 2 })),
        search(json!({ "query": "loaf", "search_type": "Vector" })),
        search(json!({ "query": "cat", "search_type": "semantic", "output_format": "json" })),
        search(json!({ "query": "dog", "search_type": "text", "output_format": "json" })),
        search(json!({ "query": "\"dog\"", "search_type": "hybrid" })),
        search(json!({ "query": "loaf", "entity_types": ["observation"] })),
    ]));
}

#[test]
fn what_is_missing_is_said() {
    let (server, things) = server();
    let pending = body(
        &server,
        &json!({ "query": "hound", "output_format": "json" }),
    );
    assert_eq!(
        (
            &pending["search_type"],
            &pending["pending_passages"],
            &pending["notice"]
        ),
        (
            &json!("hybrid"),
            &json!(4),
            &json!("4 of 4 passages are not embedded yet; hits by meaning may be missing.")
        )
    );
    things.fails.store(true, Ordering::SeqCst);
    insta::assert_snapshot!(server.transcript(&[
        search(json!({ "query": "kitten" })),
        search(json!({ "query": "kitten", "output_format": "json" })),
        search(json!({ "query": "kitten", "search_type": "vector" })),
        search(json!({ "query": "kitten", "search_type": "vector", "output_format": "json" })),
    ]));
}

#[test]
fn the_least_similarity_is_the_callers() {
    let (server, _) = server();
    embed(&server);
    let found = |least: f64| {
        titles(
            &server,
            json!({ "query": "puppy", "search_type": "vector", "min_similarity": least }),
        )
    };
    assert_eq!(found(0.5), ["Hound", "Kitten"]);
    assert_eq!(found(0.9), ["Hound"]);
}

#[test]
fn the_search_for_research_is_by_meaning_too() {
    let (server, _) = server();
    embed(&server);
    let Body::Json(answer) = server.reply("search", &json!({ "query": "puppy" })).body else {
        panic!("not JSON");
    };
    let text = answer[0]["text"].as_str().expect("a text");
    let answer: Value = serde_json::from_str(text).expect("JSON in JSON");
    assert_eq!(answer["results"][0]["title"], "Hound", "{answer}");
}
