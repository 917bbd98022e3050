//! Whatever changes in whichever process, what is pending and what is near is what a slow look at the tables says.

use super::*;
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Two openings of one file, as two processes have it.
struct Shared {
    folder: PathBuf,
    indexes: [Index; 2],
    raw: Connection,
}

impl Shared {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cairn-follow-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
        let file = folder.join("index.db");
        let open = || Index::open(&file, &Options::default()).expect("it opens");
        let indexes = [open(), open()];
        let raw = Connection::open(&file).expect("the file opens");
        Self {
            folder,
            indexes,
            raw,
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// What the tables hold, read plainly.
struct Slow {
    model: Option<(i64, String)>,
    /// Of each note its project and the hashes of its passages.
    notes: BTreeMap<i64, (i64, Vec<Vec<u8>>)>,
    /// Of the model in use.
    vectors: HashMap<Vec<u8>, (f64, Vec<u8>)>,
}

impl Slow {
    fn read(raw: &Connection) -> Self {
        let mut slow = Self {
            model: None,
            notes: BTreeMap::new(),
            vectors: HashMap::new(),
        };
        let each = |sql: &str, read: &mut dyn FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>| {
            let mut statement = raw.prepare(sql).expect("a statement");
            let mut rows = statement.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                read(row).expect("its columns");
            }
        };
        each("SELECT id, name FROM model WHERE in_use", &mut |row| {
            assert_eq!(slow.model, None, "one model is in use");
            slow.model = Some((row.get(0)?, row.get(1)?));
            Ok(())
        });
        each(
            "SELECT note, project, spans FROM passages LEFT JOIN note ON id = note",
            &mut |row| {
                let spans: Vec<u8> = row.get(2)?;
                let hashes = spans.chunks(24).map(|span| span[..16].to_vec()).collect();
                slow.notes.insert(row.get(0)?, (row.get(1)?, hashes));
                Ok(())
            },
        );
        each(
            "SELECT hash, scale, bytes FROM vector JOIN model ON model.id = model WHERE in_use",
            &mut |row| {
                slow.vectors.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
                Ok(())
            },
        );
        slow
    }

    fn pending(&self, projects: &[ProjectId]) -> Pending {
        let mut pending = Pending::default();
        for (project, hashes) in self.notes.values() {
            if !projects.is_empty() && !projects.contains(&ProjectId(*project)) {
                continue;
            }
            pending.of += hashes.len() as u64;
            let missing = self.missing(hashes).len() as u64;
            pending.passages += missing;
            pending.notes += u64::from(missing > 0);
        }
        pending
    }

    fn missing<'h>(&self, hashes: &'h [Vec<u8>]) -> Vec<&'h Vec<u8>> {
        let is_missing =
            |hash: &&Vec<u8>| self.model.is_some() && !self.vectors.contains_key(*hash);
        hashes.iter().filter(is_missing).collect()
    }

    /// The nearest to a vector of whole numbers, the largest of which is 127.
    fn nearest(
        &self,
        asked: &[i8],
        project: Option<i64>,
        limit: usize,
        per_note: usize,
    ) -> Nearest {
        let dot = |a: &[i8], b: &[i8]| -> i32 {
            a.iter()
                .zip(b)
                .map(|(a, b)| i32::from(*a) * i32::from(*b))
                .sum()
        };
        let asked_scale = 1.0 / (dot(asked, asked) as f32).sqrt();
        let mut notes = Vec::new();
        for (note, (of_project, hashes)) in &self.notes {
            if project.is_some_and(|project| project != *of_project) {
                continue;
            }
            let vectors = hashes.iter().map(|hash| self.vectors.get(hash)).enumerate();
            let mut passages: Vec<(usize, f32)> = vectors
                .filter_map(|(position, vector)| {
                    let (scale, bytes) = vector?;
                    let bytes: Vec<i8> = bytes.iter().map(|byte| byte.cast_signed()).collect();
                    Some((
                        position,
                        dot(&bytes, asked) as f32 * (*scale as f32 * asked_scale),
                    ))
                })
                .collect();
            passages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            passages.truncate(per_note);
            if !passages.is_empty() {
                notes.push(NearNote {
                    note: cairn_index::NoteId(*note),
                    passages,
                });
            }
        }
        notes.sort_by(|a, b| {
            let by_score = b.passages[0].1.total_cmp(&a.passages[0].1);
            by_score.then(a.note.cmp(&b.note))
        });
        notes.truncate(limit);
        Nearest { notes }
    }
}

const ASKED: [i8; DIMENSIONS] = [127, -3, 40, 8, -90, 1, 0, 66];

/// Few names, so that titles meet and passages are shared.
const PATHS: [&str; 6] = [
    "Tea.md",
    "a/Tea.md",
    "b/Tea.md",
    "a/Milk.md",
    "Milk.md",
    "picture.png",
];
const FRONTMATTER: [&str; 3] = ["", "---\ntitle: Tea\n---\n", "---\ndate: 2023-05-08\n---\n"];
const WORDS: [&str; 3] = ["green", "black", "white"];
const MODELS: [&str; 2] = ["m", "n"];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize, usize, usize),
    Move(usize, usize),
    Drop(usize),
    Touch(usize),
    Forget,
    Use(usize),
    /// So many passages of so many pending notes.
    Embed(usize, usize),
    /// Vectors of a model that may not be in use, for a path that may not have them.
    Stray(usize, usize, usize),
    Sweep,
    /// Nothing changes, and the first or the second process looks.
    Look(usize),
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize, bool)>> {
    let path = 0..PATHS.len();
    let step = prop_oneof![
        8 => (path.clone(), 0..FRONTMATTER.len(), 0..WORDS.len(), 0..4_usize)
            .prop_map(|(at, top, word, passages)| Step::Put(at, top, word, passages)),
        2 => (path.clone(), path.clone()).prop_map(|(from, to)| Step::Move(from, to)),
        2 => path.clone().prop_map(Step::Drop),
        1 => path.clone().prop_map(Step::Touch),
        1 => Just(Step::Forget),
        2 => (0..MODELS.len()).prop_map(Step::Use),
        8 => (1..4_usize, 0..4_usize).prop_map(|(notes, passages)| Step::Embed(notes, passages)),
        1 => (path, 0..MODELS.len(), 0..WORDS.len()).prop_map(|(at, model, word)| Step::Stray(at, model, word)),
        1 => Just(Step::Sweep),
        3 => (0..2_usize).prop_map(Step::Look),
    ];
    // Which process does it, and whether it is about the first project.
    proptest::collection::vec((step, 0..2_usize, any::<bool>()), 1..40)
}

/// The texts of the files, by project and path.
type Files = BTreeMap<(ProjectId, usize), String>;

fn take(shared: &Shared, files: &mut Files, index: &Index, project: ProjectId, step: &Step) {
    let apply = |change| apply_to(index, project, vec![change]);
    match *step {
        Step::Put(at, top, word, passages) => {
            let text = format!("{}{}", FRONTMATTER[top], text(WORDS[word], passages));
            apply(put(PATHS[at], &text));
            files.insert((project, at), text);
        }
        Step::Move(from, to) => {
            if let Some(text) = files.remove(&(project, from)) {
                apply(Change::Move {
                    from: path(PATHS[from]),
                    entry: entry(PATHS[to], &text),
                });
                files.insert((project, to), text);
            }
        }
        Step::Drop(at) => {
            let path = path(PATHS[at]);
            apply(Change::Drop { path });
            files.remove(&(project, at));
        }
        Step::Touch(at) => {
            let Entry {
                path,
                fingerprint,
                created,
                modified,
                ..
            } = *entry(PATHS[at], "another size");
            apply(Change::Touch {
                path,
                fingerprint,
                created,
                modified,
            });
        }
        Step::Forget => {
            index.forget(project).expect("it is forgotten");
            files.retain(|(other, _), _| *other != project);
        }
        Step::Use(model) => index
            .use_model(MODELS[model], DIMENSIONS)
            .expect("it is used"),
        Step::Embed(notes, passages) => {
            let Some((_, model)) = Slow::read(&shared.raw).model else {
                return;
            };
            let pending = ask(index, |session| {
                session.pending_notes(notes).expect("notes")
            });
            for note in pending {
                let few = &note.missing[..passages.min(note.missing.len())];
                let change = embedded(&model, note.path.as_str(), few);
                apply_to(index, note.project, vec![change]);
            }
        }
        Step::Stray(at, model, word) => {
            let hashes = hashes(PATHS[at], &text(WORDS[word], 2));
            apply(embedded(MODELS[model], PATHS[at], &hashes));
        }
        Step::Sweep => {
            index.sweep_vectors().expect("it is swept");
        }
        Step::Look(_) => {}
    }
}

/// Compares what an index says with what the tables hold.
fn compare(index: &Index, slow: &Slow) -> Result<(), TestCaseError> {
    for projects in [vec![], vec![HERE], vec![OTHER], vec![HERE, OTHER]] {
        let counted = ask(index, |session| session.pending(&projects).expect("counts"));
        prop_assert_eq!(counted, slow.pending(&projects));
    }
    let notes = ask(index, |session| {
        session.pending_notes(1_000).expect("notes")
    });
    let missing: HashSet<_> = notes.iter().flat_map(|note| &note.missing).collect();
    let expected: HashSet<_> = slow
        .notes
        .values()
        .flat_map(|(_, hashes)| slow.missing(hashes))
        .collect();
    prop_assert_eq!(notes.len() as u64, slow.pending(&[]).notes);
    prop_assert_eq!(missing.len(), expected.len());
    let asked = ASKED.map(f32::from);
    for model in MODELS {
        for project in [None, Some(HERE)] {
            let filter = Filter {
                projects: project.into_iter().collect(),
                ..Filter::default()
            };
            let near = ask(index, |session| {
                session
                    .nearest(model, &asked, &filter, 4, 2)
                    .expect("it is asked")
            });
            let is_used = slow.model.as_ref().is_some_and(|(_, used)| used == model);
            let expected = if is_used {
                slow.nearest(&ASKED, project.map(|project| project.0), 4, 2)
            } else {
                Nearest::default()
            };
            prop_assert_eq!(near, expected);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_process_knows_what_is_pending_and_what_is_near(steps in steps()) {
        let shared = Shared::new();
        let mut files = Files::new();
        shared.indexes[0].use_model(MODELS[0], DIMENSIONS).expect("it is used");
        for (step, process, is_here) in steps {
            let project = if is_here { HERE } else { OTHER };
            take(&shared, &mut files, &shared.indexes[process], project, &step);
            let slow = Slow::read(&shared.raw);
            let counted = ask(&shared.indexes[process], |session| session.pending(&[]).expect("counts"));
            prop_assert_eq!(counted, slow.pending(&[]), "after {:?}", step);
            // The other process looks now and then, so that it has several changes to follow.
            if let Step::Look(looks) = step {
                compare(&shared.indexes[looks], &slow)?;
            }
        }
        let slow = Slow::read(&shared.raw);
        compare(&shared.indexes[0], &slow)?;
        compare(&shared.indexes[1], &slow)?;
    }
}

#[test]
fn who_looks_seldom_reads_everything_again() {
    let shared = Shared::new();
    let [one, other] = &shared.indexes;
    one.use_model("m", DIMENSIONS).expect("it is used");
    apply_to(one, HERE, vec![put("a.md", &text("tea", 2))]);
    embed_all(one, "m");
    let asked = vector_of("m", &hashes("a.md", &text("tea", 2))[0]);
    let near = |index: &Index| nearest(index, "m", &asked, &Filter::default());
    assert_eq!(near(other).len(), 1);
    // More than the log keeps, and more than one change tells note by note.
    for number in 0..3 {
        let texts = ["milk", "rice"].map(|word| text(word, 1));
        let notes = (0..900).map(|at| put(&format!("{at}.md"), &texts[number % 2]));
        apply_to(one, HERE, notes.collect());
        embed_all(one, "m");
    }
    shared
        .raw
        .execute(
            "DELETE FROM passage_log WHERE seq <= (SELECT max(seq) - 5 FROM passage_log)",
            [],
        )
        .expect("the log is cut");
    assert_eq!(near(other), near(one));
    let notes = (0..1_500).map(|at| put(&format!("{at}.md"), &text("milk", 1)));
    apply_to(one, HERE, notes.collect());
    let slow = Slow::read(&shared.raw);
    compare(other, &slow).expect("they agree");
    compare(one, &slow).expect("they agree");
}

#[test]
fn an_older_session_finds_what_it_knows() {
    let shared = Shared::new();
    let [one, other] = &shared.indexes;
    one.use_model("m", DIMENSIONS).expect("it is used");
    apply_to(
        one,
        HERE,
        vec![put("a.md", &text("tea", 2)), put("b.md", &text("milk", 1))],
    );
    embed_all(one, "m");
    let asked = vector_of("m", &hashes("a.md", &text("tea", 2))[1]);
    let old = other.read("old").expect("a session opens");
    let before = old
        .nearest("m", &asked, &Filter::default(), 9, 9)
        .expect("it is asked");
    assert_eq!(before.notes.len(), 2);
    apply_to(
        one,
        HERE,
        vec![
            Change::Drop { path: path("b.md") },
            put("c.md", &text("rice", 3)),
        ],
    );
    embed_all(one, "m");
    // Another thread of the same process looks meanwhile, so that memory is ahead of the old session.
    std::thread::scope(|threads| {
        let later = threads.spawn(|| nearest(other, "m", &asked, &Filter::default()));
        let later = later.join().expect("it does not panic");
        let paths: HashSet<String> = later.into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, HashSet::from(["a.md".to_owned(), "c.md".to_owned()]));
    });
    let after = old
        .nearest("m", &asked, &Filter::default(), 9, 9)
        .expect("it is asked");
    assert_eq!(
        after.notes,
        before.notes[..1],
        "what only the other one knows is left out"
    );
}

#[test]
fn a_model_that_is_used_again_is_read_again() {
    let shared = Shared::new();
    let [one, other] = &shared.indexes;
    one.use_model("m", DIMENSIONS).expect("it is used");
    apply_to(one, HERE, vec![put("a.md", &text("tea", 2))]);
    embed_all(one, "m");
    compare(other, &Slow::read(&shared.raw)).expect("they agree");
    // Nobody is told of vectors that are not in use.
    one.use_model("n", DIMENSIONS).expect("it is used");
    apply_to(one, HERE, vec![put("a.md", &text("milk", 2))]);
    one.use_model("m", DIMENSIONS).expect("it is used");
    compare(other, &Slow::read(&shared.raw)).expect("they agree");
    compare(one, &Slow::read(&shared.raw)).expect("they agree");
}
