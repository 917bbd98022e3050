//! The index through its door: a few notes in, rows and hits out.

mod check;
mod given;
mod links;
mod passages;
mod property;
mod search;

use cairn_index::{
    Change, Content, Entry, Fault, Filter, Fingerprint, Given, Index, NoteKey, NoteRecord, Options,
    ProjectId, Reach, Resolution, Scope, Session, Span, Terms, derived_ids,
};
use cairn_note::filter::MetadataFilter;
use cairn_note::link::{Glob, LinkTarget, MemoryUrl};
use cairn_note::query::Query;
use cairn_note::{Metadata, NotePath};
use jiff::Timestamp;

const HERE: ProjectId = ProjectId(1);
const OTHER: ProjectId = ProjectId(2);

fn siblings() -> Vec<(String, ProjectId)> {
    vec![("main".to_owned(), HERE), ("other".to_owned(), OTHER)]
}

fn path(text: &str) -> NotePath {
    NotePath::from_disk(text).expect("test paths are valid")
}

fn entry(at: &str, text: &str) -> Box<Entry> {
    let (note, outline) = cairn_note::parse_with_outline(text);
    let note = Box::new(note);
    let terms = Terms::of(&note, text);
    let passages = Span::of(&note, &outline, &path(at), text);
    let content = if path(at).is_markdown() {
        Content::Note {
            note,
            terms,
            passages,
        }
    } else {
        Content::File
    };
    let day = Timestamp::from_second(text.len() as i64 * 86_400).expect("a day long after 1970");
    Box::new(Entry {
        path: path(at),
        given: Given::default(),
        fingerprint: Fingerprint {
            size: text.len() as u64,
            modified_ns: 7,
            checksum: [text.len() as u8; 32],
        },
        created: day,
        modified: day,
        content,
    })
}

fn put(at: &str, text: &str) -> Change {
    Change::Put(entry(at, text))
}

fn apply_to(index: &Index, project: ProjectId, changes: Vec<Change>) {
    let siblings = siblings();
    let slug = if project == HERE { "main" } else { "other" };
    index
        .apply(
            &Scope {
                project,
                slug: Some(slug),
                siblings: &siblings,
            },
            changes,
        )
        .expect("changes apply");
}

fn index(notes: &[(&str, &str)]) -> Index {
    let index = Index::in_memory(&Options::default()).expect("an index in memory opens");
    let changes: Vec<Change> = notes.iter().map(|(at, text)| put(at, text)).collect();
    apply_to(&index, HERE, changes);
    index
}

fn ask<T>(index: &Index, question: impl FnOnce(&Session<'_>) -> T) -> T {
    question(&index.read("test").expect("a session opens"))
}

fn record(index: &Index, at: &str) -> Option<NoteRecord> {
    let at = path(at);
    ask(index, |session| {
        session.note(HERE, NoteKey::Path(&at)).expect("a look-up")
    })
}

fn permalinks(index: &Index) -> Vec<String> {
    ask(index, |session| {
        let records = session.below(HERE, "").expect("a listing");
        records
            .into_iter()
            .map(|note| format!("{} {}", note.path, note.permalink.unwrap_or_default()))
            .collect()
    })
}

fn links(index: &Index, from: &str) -> Vec<String> {
    ask(index, |session| {
        let from = path(from);
        let note = session
            .note(HERE, NoteKey::Path(&from))
            .expect("a look-up")
            .expect("the note is there");
        let name = |id| {
            session
                .by_id(id)
                .expect("a look-up")
                .map_or("?".to_owned(), |note| note.path.to_string())
        };
        let relations = session.relations(note.id).expect("relations");
        relations
            .into_iter()
            .map(|relation| {
                format!(
                    "{} -> {}",
                    relation.target,
                    relation.resolved.map_or("?".to_owned(), name)
                )
            })
            .collect()
    })
}

fn search(index: &Index, query: &str, filter: &Filter) -> Vec<String> {
    ask(index, |session| {
        let hits = session
            .lexical(&Query::parse(query), filter, 10, 0)
            .expect("no query fails");
        for hit in &hits.hits {
            assert!((0.0..=1.0).contains(&hit.score), "{query}: {}", hit.score);
        }
        hits.hits
            .into_iter()
            .map(|hit| hit.note.path.to_string())
            .collect()
    })
}

fn found(index: &Index, query: &str) -> Vec<String> {
    search(index, query, &Filter::default())
}

#[test]
fn replacing_a_note_leaves_nothing_of_the_old_one() {
    let text =
        "---\ntags: [old]\nstatus: draft\n---\n# Old\n- [fact] ancient #old\n- knows [[Nobody]]\n";
    let index = index(&[("a.md", text)]);
    apply_to(&index, HERE, vec![put("a.md", "new words")]);
    assert_eq!(found(&index, "ancient"), Vec::<String>::new());
    assert_eq!(found(&index, "words"), ["a.md"]);
    let fresh = Index::in_memory(&Options::default()).expect("an index in memory opens");
    apply_to(&fresh, HERE, vec![put("a.md", "new words")]);
    let dump = |index: &Index| ask(index, |session| session.dump(HERE).expect("a dump"));
    assert_eq!(dump(&index), dump(&fresh));
}

#[test]
fn forgetting_a_project_leaves_the_others() {
    let index = index(&[("a.md", "tea"), ("b.md", "[[a]]")]);
    apply_to(&index, OTHER, vec![put("a.md", "tea")]);
    index.forget(HERE).expect("a project is forgotten");
    let statistics = |project| {
        ask(&index, |session| {
            session.statistics(project).expect("counts")
        })
    };
    assert_eq!(statistics(HERE).notes, 0);
    assert_eq!(statistics(HERE).relations, 0);
    assert_eq!(statistics(OTHER).notes, 1);
    assert_eq!(found(&index, "tea").len(), 1);
}

#[test]
fn faults_replace_those_of_the_scan_before() {
    let index = index(&[]);
    let fault = |path: &str| Fault {
        path: path.to_owned(),
        message: "cannot be read".to_owned(),
    };
    apply_to(
        &index,
        HERE,
        vec![Change::Faults(vec![fault("b"), fault("a")])],
    );
    apply_to(
        &index,
        HERE,
        vec![Change::Faults(vec![fault("c"), fault("a")])],
    );
    let faults = ask(&index, |session| session.faults(HERE).expect("faults"));
    assert_eq!(faults, [fault("a"), fault("c")]);
}

#[test]
fn another_version_or_a_broken_file_is_made_anew() {
    let folder = std::env::temp_dir().join(format!("cairn-index-{}-version", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
    let file = folder.join("index.db");
    std::fs::write(
        &file,
        "this is no database, however long the text is made to look like one",
    )
    .expect("a file");
    let index = Index::open(&file, &Options::default()).expect("a broken file is put aside");
    apply_to(&index, HERE, vec![put("a.md", "tea")]);
    assert_eq!(found(&index, "tea"), ["a.md"]);
    drop(index);
    let index = Index::open(&file, &Options::default()).expect("the same version opens");
    assert_eq!(
        found(&index, "tea"),
        ["a.md"],
        "nothing is made anew without need"
    );
    drop(index);
    let raw = rusqlite::Connection::open(&file).expect("the file is a database");
    raw.pragma_update(None, "user_version", 1)
        .expect("the version can be set");
    drop(raw);
    let index = Index::open(&file, &Options::default()).expect("another version is made anew");
    assert_eq!(found(&index, "tea"), Vec::<String>::new());
    drop(index);
    std::fs::remove_dir_all(&folder).ok();
}

#[test]
fn a_change_based_on_what_is_no_longer_known_does_nothing() {
    let index = index(&[("a.md", "first text")]);
    let guarded = |seen: Option<&str>, change: Change| {
        let seen = seen.map(|text| [text.len() as u8; 32]);
        apply_to(
            &index,
            HERE,
            vec![Change::IfSeen {
                seen,
                change: Box::new(change),
            }],
        );
    };
    apply_to(&index, HERE, vec![put("a.md", "newer zebra")]);
    guarded(Some("first text"), put("a.md", "stale"));
    guarded(Some("first text"), Change::Drop { path: path("a.md") });
    guarded(None, put("a.md", "stale"));
    assert_eq!(found(&index, "zebra"), ["a.md"]);
    let moved = Change::Move {
        from: path("a.md"),
        entry: entry("b.md", "newer zebra"),
    };
    guarded(Some("newer zebra"), moved.clone());
    let id = |at: &str| record(&index, at).map(|note| note.id);
    let before = id("b.md");
    assert!(before.is_some() && id("a.md").is_none());
    // The verb that moved the file tells so after a scan has seen it.
    apply_to(&index, HERE, vec![moved]);
    assert_eq!(id("b.md"), before);
}
