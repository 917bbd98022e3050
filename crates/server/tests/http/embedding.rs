//! Passages embedded behind a server, and what becomes of that when something is wrong.
//!
//! Nothing here waits for a time: what is expected is waited for, far longer than it takes.

use crate::client::call;
use crate::legacy::Session;
use crate::server::{PATIENCE, Served, Server, options};
use cairn_embed::{Embedder, Hashed, ModelId, Result, Role};
use cairn_engine::{
    Engine, IndexLocation, Lead, Model, SearchBy, SearchRequest, Settings, WriteRequest,
};
use cairn_server::{HostOptions, HttpTransport};
use cairn_testkit::Vault;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const NOTES: &str =
    "//- Tea.md\n# Tea\n\nSteep the leaves.\n\n//- Bread.md\n# Bread\n\nKnead the dough.\n";

/// A model that a test has in hand.
#[derive(Default)]
struct Handled {
    hashed: Hashed,
    /// How often it was told passages.
    told: AtomicUsize,
    gate: Gate,
}

/// Lets nobody through while it is shut.
#[derive(Default)]
struct Gate {
    is_shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn shut(&self, is_shut: bool) {
        *self.is_shut.lock().expect("nobody panicked") = is_shut;
        self.opened.notify_all();
    }

    fn pass(&self) {
        let held = self.is_shut.lock().expect("nobody panicked");
        drop(self.opened.wait_timeout_while(held, PATIENCE, |shut| *shut));
    }
}

impl Embedder for Handled {
    fn id(&self) -> &ModelId {
        self.hashed.id()
    }

    fn dimensions(&self) -> usize {
        self.hashed.dimensions()
    }

    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        if role == Role::Passage {
            self.told.fetch_add(1, Ordering::SeqCst);
            self.gate.pass();
        }
        self.hashed.embed(texts, role)
    }
}

/// A folder for the index, the notes of one project, and a model.
struct Place {
    data: Vault,
    vault: Vault,
    model: Arc<Handled>,
}

impl Place {
    fn new() -> Self {
        Self {
            data: Vault::new(""),
            vault: Vault::new(NOTES),
            model: Arc::default(),
        }
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::in_memory("main", self.vault.root().to_owned());
        settings.index = IndexLocation::File(self.data.path("index.db"));
        settings.meaning.model = Some(Model::new(Arc::clone(&self.model) as Arc<dyn Embedder>));
        settings
    }

    fn begun(&self) -> Served {
        let served = Served::begun(Vault::new(""), self.settings(), HostOptions::default());
        served.host.start();
        served
    }

    fn lock(&self) -> Option<String> {
        Lead::holder(&self.data.path("embed.lock"))
    }
}

fn wait_until(what: &str, mut test: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !test() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn engine(served: &Served) -> Arc<Engine> {
    served.host.engine().expect("the folder is writable")
}

/// Waits until so many passages are known and all have vectors.
fn is_embedded(served: &Served, passages: u64) {
    let engine = engine(served);
    wait_until("everything is embedded", || {
        let pending = engine.pending().expect("an index is read");
        (pending.of, pending.passages) == (passages, 0)
    });
}

/// The note whose passage is nearest to a question.
fn nearest(engine: &Engine, question: &str) -> Option<String> {
    let request = SearchRequest {
        by: SearchBy::Meaning,
        ..SearchRequest::new(question, jiff::Zoned::now())
    };
    let project = engine.project(None).expect("there is one");
    let reply = project.search_notes(&request).expect("the model works");
    reply.hits.first().map(|hit| hit.note.title.clone())
}

#[test]
fn what_is_there_is_embedded_and_so_is_what_changes() {
    let place = Place::new();
    let server = Server::of(place.begun(), options(HttpTransport::Streamable));
    is_embedded(&server.served, 2);
    let engine = engine(&server.served);
    assert_eq!(nearest(&engine, "dough").as_deref(), Some("Bread"));
    // By a call, and by another program.
    let (session, _) = Session::begin(&server, "2025-11-25");
    let note = json!({ "title": "Soup", "directory": "", "content": "Simmer the broth." });
    session
        .request("tools/call", &call("write_note", &note))
        .result();
    wait_until("it is found by meaning", || {
        nearest(&engine, "broth").as_deref() == Some("Soup")
    });
    place.vault.write("Tea.md", "# Tea\n\nPour the water.\n");
    wait_until("it is found by what it means now", || {
        nearest(&engine, "pour water").as_deref() == Some("Tea")
    });
}

#[test]
fn what_another_process_writes_is_embedded_by_who_embeds() {
    let place = Place::new();
    let served = place.begun();
    is_embedded(&served, 2);
    let mut settings = place.settings();
    settings.meaning.model = None;
    let other = Engine::open(settings).expect("the folder is writable");
    let project = other.project(None).expect("there is one");
    let request = WriteRequest {
        title: "Soup".to_owned(),
        content: "Simmer the broth.".to_owned(),
        ..WriteRequest::default()
    };
    project.write_note(&request).expect("nothing is in the way");
    wait_until("it is found by meaning", || {
        nearest(&engine(&served), "broth").as_deref() == Some("Soup")
    });
}

#[test]
fn one_process_embeds_and_another_one_when_it_is_gone() {
    let place = Place::new();
    place.model.gate.shut(true);
    let first = place.begun();
    wait_until("it embeds", || place.model.told.load(Ordering::SeqCst) == 1);
    assert_eq!(place.lock().as_deref(), Some("a test"));
    let second = place.begun();
    wait_until("the other one has looked", || {
        second.host.indexing("main") == Some(cairn_server::Indexing::Complete)
    });
    assert_eq!(place.model.told.load(Ordering::SeqCst), 1);
    // It stops half-way; what it had begun is kept.
    first.host.stop();
    place.model.gate.shut(false);
    drop(first);
    place
        .vault
        .write("Soup.md", "# Soup\n\nSimmer the broth.\n");
    is_embedded(&second, 3);
    drop(second);
    wait_until("the lock is nobody's", || place.lock().is_none());
}
