//! One beat after another, without a thread and at a time of the test's own.

use super::super::{Diagnostics, Home, HomeError, HostOptions};
use super::*;
use cairn_embed::{Embedder, Error as ModelError, Hashed, ModelId, Result, Role};
use cairn_engine::{IndexLocation, Settings, Silent};
use cairn_testkit::Vault;
use jiff::Zoned;
use std::cell::Cell;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(1_750_000_000) };
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW.get()).expect("it is a time")
}

fn later(by: SignedDuration) {
    NOW.set(NOW.get() + by.as_secs());
}

/// A model that a test has in hand.
#[derive(Default)]
struct Handled {
    hashed: Hashed,
    fails: AtomicBool,
    /// How often it was told passages, and how often to let go.
    told: AtomicUsize,
    unloaded: AtomicUsize,
    /// What happens while it works.
    meanwhile: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl Embedder for Handled {
    fn id(&self) -> &ModelId {
        self.hashed.id()
    }

    fn dimensions(&self) -> usize {
        self.hashed.dimensions()
    }

    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        self.told.fetch_add(1, Ordering::SeqCst);
        if let Some(meanwhile) = &*locked(&self.meanwhile) {
            meanwhile();
        }
        if self.fails.load(Ordering::SeqCst) {
            let reason = "it is out of order".to_owned();
            return Err(ModelError::Builtin { reason });
        }
        self.hashed.embed(texts, role)
    }

    fn unload(&self) {
        self.unloaded.fetch_add(1, Ordering::SeqCst);
    }
}

struct Fixed {
    settings: Settings,
    said: Arc<Mutex<Vec<String>>>,
}

impl Home for Fixed {
    fn settings(&self) -> std::result::Result<Settings, HomeError> {
        Ok(self.settings.clone())
    }

    fn changed(&self) -> bool {
        false
    }

    fn add_project(&self, _: &str, _: &Path, _: bool) -> std::result::Result<(), HomeError> {
        unreachable!("no project is added")
    }

    fn remove_project(&self, _: &str) -> std::result::Result<(), HomeError> {
        unreachable!("no project is removed")
    }

    fn now(&self) -> Zoned {
        Zoned::default()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::default()
    }

    fn log(&self, line: &str) {
        locked(&self.said).push(line.to_owned());
    }
}

/// A host over a vault of so many notes, indexed and not embedded.
struct Place {
    model: Arc<Handled>,
    host: Arc<Host>,
    said: Arc<Mutex<Vec<String>>>,
    vault: Vault,
    data: Vault,
}

impl Place {
    fn new(notes: usize) -> Self {
        let text: String = (0..notes)
            .map(|number| format!("//- {number}.md\n# Note {number}\n\nSaid of {number}.\n"))
            .collect();
        let (vault, data) = (Vault::new(&text), Vault::new(""));
        let model: Arc<Handled> = Arc::default();
        let (host, said) = host(&vault, &data, &model);
        let engine = host.engine().expect("the folder is writable");
        let project = engine.project(None).expect("there is one");
        project
            .sync(&Silent, &Cancel::new())
            .expect("the vault is there");
        // What opening it woke.
        host.embedding.wait(Duration::ZERO);
        Self {
            model,
            host,
            said,
            vault,
            data,
        }
    }

    fn told(&self) -> usize {
        self.model.told.load(Ordering::SeqCst)
    }

    fn pending(&self) -> u64 {
        let engine = self.host.engine().expect("it is open");
        engine.pending().expect("an index is read").passages
    }

    fn fails(&self, fails: bool) {
        self.model.fails.store(fails, Ordering::SeqCst);
    }
}

fn host(vault: &Vault, data: &Vault, model: &Arc<Handled>) -> (Arc<Host>, Arc<Mutex<Vec<String>>>) {
    let mut settings = Settings::in_memory("main", vault.root().to_owned());
    settings.index = IndexLocation::File(data.path("index.db"));
    settings.meaning.model = Some(Model::new(Arc::clone(model) as Arc<dyn Embedder>));
    settings.clock = now;
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let home = Fixed {
        settings,
        said: Arc::clone(&said),
    };
    (Host::new(home, HostOptions::default()), said)
}

fn woken() -> Embedding {
    Embedding {
        is_due: true,
        ..Embedding::default()
    }
}

#[test]
fn what_is_pending_is_embedded_and_then_nothing_is_due() {
    let (place, mut embedding) = (Place::new(3), woken());
    assert_eq!(place.host.embed_beat(&mut embedding), QUICK_BEAT);
    assert_eq!((place.told(), place.pending()), (1, 0));
    place.host.embed_beat(&mut embedding);
    assert_eq!(place.told(), 1);
    assert_eq!(*locked(&place.said), [""; 0]);
}

#[test]
fn another_process_is_left_to_it_until_it_is_gone() {
    let (place, mut embedding) = (Place::new(3), woken());
    let (other, _) = host(&place.vault, &place.data, &place.model);
    other.engine().expect("the folder is writable");
    let mut waiting = woken();
    place.host.embed_beat(&mut embedding);
    assert_eq!(other.embed_beat(&mut waiting), BEAT);
    place.host.tell_changed("main", false);
    drop(embedding);
    other.embed_beat(&mut waiting);
    assert!(matches!(waiting.right, Right::Held(_)));
}

#[test]
fn what_changes_comes_before_what_was_pending() {
    let (place, mut embedding) = (Place::new(80), woken());
    // Groups are of 32 passages; after the first one something else is to be looked at.
    let host = Arc::downgrade(&place.host);
    let wake = move || {
        host.upgrade()
            .expect("it is used")
            .tell_changed("main", false);
    };
    *locked(&place.model.meanwhile) = Some(Box::new(wake));
    assert_eq!(place.host.embed_beat(&mut embedding), Duration::ZERO);
    assert_eq!((place.told(), place.pending()), (1, 48));
    *locked(&place.model.meanwhile) = None;
    assert_eq!(place.host.embedding.wait(Duration::ZERO), Beat::Woken);
    place.host.embed_beat(&mut embedding);
    assert_eq!(place.pending(), 0);
}

#[test]
fn it_stops_between_two_groups() {
    let (place, mut embedding) = (Place::new(80), woken());
    let host = Arc::downgrade(&place.host);
    let stop = move || host.upgrade().expect("it is used").stop();
    *locked(&place.model.meanwhile) = Some(Box::new(stop));
    place.host.embed_beat(&mut embedding);
    place.host.embed_beat(&mut embedding);
    assert_eq!((place.told(), place.pending()), (1, 48));
}

#[test]
fn while_calls_are_answered_a_few_are_embedded_now_and_then() {
    let (place, mut embedding) = (Place::new(80), woken());
    let answering = place.host.answering();
    // The first group finds out that calls are answered.
    assert_eq!(place.host.embed_beat(&mut embedding), Duration::ZERO);
    assert_eq!(place.pending(), 48);
    place.host.embed_beat(&mut embedding);
    assert_eq!(place.pending(), 44);
    // What changes is not put off, and is not kept waiting for others either.
    embedding.hear(Beat::Woken);
    for left in [40, 36, 32, 28] {
        place.host.embed_beat(&mut embedding);
        assert_eq!(place.pending(), left);
    }
    drop(answering);
    place.host.embed_beat(&mut embedding);
    assert_eq!(place.pending(), 0);
}

#[test]
fn a_model_in_trouble_is_left_alone_for_longer_and_longer() {
    let (place, mut embedding) = (Place::new(1), woken());
    place.fails(true);
    place.host.embed_beat(&mut embedding);
    let mut rest = FIRST_REST;
    for tries in 1..9 {
        assert_eq!(place.told(), tries);
        later(rest - SignedDuration::from_secs(1));
        embedding.is_due = true;
        place.host.embed_beat(&mut embedding);
        assert_eq!(place.told(), tries, "it still rests");
        later(SignedDuration::from_secs(1));
        place.host.embed_beat(&mut embedding);
        rest = (rest * 2).min(LONGEST_REST);
    }
    let said = locked(&place.said).clone();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("it is out of order; "), "{said:?}");
    // It is mended: whatever is pending is embedded when its rest is over, or when the settings changed.
    place.fails(false);
    place.host.embed_beat(&mut embedding);
    assert_eq!(place.pending(), 1);
    place.host.renewed.store(true, Ordering::SeqCst);
    place.host.embed_beat(&mut embedding);
    assert_eq!(place.pending(), 0);
}

#[test]
fn a_model_that_nobody_uses_is_let_go() {
    let (place, mut embedding) = (Place::new(1), woken());
    let unloaded = || place.model.unloaded.load(Ordering::SeqCst);
    place.host.embed_beat(&mut embedding);
    place.host.embed_beat(&mut embedding);
    later(IDLE - SignedDuration::from_secs(1));
    place.host.embed_beat(&mut embedding);
    assert_eq!(unloaded(), 0);
    later(SignedDuration::from_secs(1));
    place.host.embed_beat(&mut embedding);
    place.host.embed_beat(&mut embedding);
    assert_eq!(unloaded(), 1, "once");
}
