//! Whatever changes in whichever process, what is pending and what is near is what a slow look at the tables says.

use super::*;
use proptest::prelude::*;
use slow::{MODELS, Shared, Slow, compare};
use std::collections::{BTreeMap, HashSet};

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

#[test]
fn searching_beside_writing_finds_what_there_was() {
    let shared = Shared::new();
    let [one, other] = &shared.indexes;
    one.use_model("m", DIMENSIONS).expect("it is used");
    let texts = [text("tea", 3), text("milk", 2), text("rice", 1)];
    let asked = vector_of("m", &hashes("a.md", &texts[0])[0]);
    let look = |index: &Index| {
        for _ in 0..60 {
            let session = index.read("look").expect("a session opens");
            let found = session.nearest("m", &asked, &Filter::default(), 9, 9);
            let Nearest { notes } = found.expect("it is asked");
            let mut seen = HashSet::new();
            for NearNote { note, passages } in notes {
                assert!(seen.insert(note), "a note is found once");
                let spans = session.spans(note).expect("passages");
                assert!(passages.iter().all(|(position, _)| *position < spans.len()));
            }
        }
    };
    std::thread::scope(|threads| {
        for index in [one, other, one, other] {
            threads.spawn(|| look(index));
        }
        for step in 0..60 {
            let at = format!("{}.md", step % 7);
            apply_to(one, HERE, vec![put(&at, &texts[step % 3])]);
            embed_all(one, "m");
            if step % 5 == 0 {
                apply_to(other, HERE, vec![Change::Drop { path: path(&at) }]);
            }
        }
    });
    let slow = Slow::read(&shared.raw);
    compare(one, &slow).expect("they agree");
    compare(other, &slow).expect("they agree");
}
