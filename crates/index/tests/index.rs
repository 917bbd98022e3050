//! The index through its door: a few notes in, rows and hits out.

use cairn_index::{
    Change, Content, Entry, Fault, Filter, Fingerprint, Index, NoteKey, Options, ProjectId, Reach,
    Resolution, Scope, Session, Terms,
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
    let note = Box::new(cairn_note::parse(text));
    let terms = Terms::of(&note, text);
    let content = if path(at).is_markdown() {
        Content::Note { note, terms }
    } else {
        Content::File
    };
    let day = Timestamp::from_second(text.len() as i64 * 86_400).expect("a day long after 1970");
    Box::new(Entry {
        path: path(at),
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
fn notes_that_want_one_permalink_get_suffixes_by_path_whatever_order_they_come_in() {
    let declared = "---\npermalink: tea\n---\n";
    let index = index(&[
        ("c.md", declared),
        ("tea-1.md", "---\npermalink: tea-1\n---\n"),
    ]);
    apply_to(&index, HERE, vec![put("b.md", declared)]);
    apply_to(&index, HERE, vec![put("a.md", declared)]);
    assert_eq!(
        permalinks(&index),
        ["a.md tea", "b.md tea-2", "c.md tea-3", "tea-1.md tea-1"]
    );
    apply_to(
        &index,
        HERE,
        vec![Change::Drop {
            path: path("tea-1.md"),
        }],
    );
    assert_eq!(permalinks(&index), ["a.md tea", "b.md tea-1", "c.md tea-2"]);
    apply_to(&index, HERE, vec![put("a.md", "no permalink of its own")]);
    assert_eq!(
        permalinks(&index),
        ["a.md main/a", "b.md tea", "c.md tea-1"]
    );
}

#[test]
fn a_link_resolves_when_its_target_appears_and_is_open_again_when_it_goes() {
    let index = index(&[("a.md", "- needs [[Water]]")]);
    assert_eq!(links(&index, "a.md"), ["Water -> ?"]);
    apply_to(
        &index,
        HERE,
        vec![put("deep/x.md", "---\ntitle: Water\n---\n")],
    );
    assert_eq!(links(&index, "a.md"), ["Water -> deep/x.md"]);
    apply_to(
        &index,
        HERE,
        vec![put("deep/x.md", "---\ntitle: Fire\n---\n")],
    );
    assert_eq!(links(&index, "a.md"), ["Water -> ?"]);
    apply_to(
        &index,
        HERE,
        vec![Change::Move {
            from: path("deep/x.md"),
            entry: entry("deep/Water.md", ""),
        }],
    );
    assert_eq!(links(&index, "a.md"), ["Water -> deep/Water.md"]);
    apply_to(
        &index,
        HERE,
        vec![Change::Drop {
            path: path("deep/Water.md"),
        }],
    );
    assert_eq!(links(&index, "a.md"), ["Water -> ?"]);
}

#[test]
fn a_nearer_note_of_the_same_title_takes_a_link_over() {
    let index = index(&[("a/x.md", "[[Tea]]"), ("b/Tea.md", "")]);
    assert_eq!(links(&index, "a/x.md"), ["Tea -> b/Tea.md"]);
    apply_to(&index, HERE, vec![put("a/Tea.md", "")]);
    assert_eq!(links(&index, "a/x.md"), ["Tea -> a/Tea.md"]);
    apply_to(
        &index,
        HERE,
        vec![Change::Move {
            from: path("a/Tea.md"),
            entry: entry("c/Tea.md", ""),
        }],
    );
    assert_eq!(
        links(&index, "a/x.md"),
        ["Tea -> ?"],
        "two notes equally far: no guess"
    );
}

#[test]
fn links_reach_files_headings_and_other_projects() {
    let index = index(&[(
        "a.md",
        "[[image.png]] [[Tea#Brewing]] [[other/far]] [[other::far]] [[MY-file]]",
    )]);
    apply_to(
        &index,
        HERE,
        vec![
            put("image.png", ""),
            put("Tea.md", ""),
            put("sub/My_File.md", ""),
        ],
    );
    apply_to(&index, OTHER, vec![put("far.md", "")]);
    assert_eq!(
        links(&index, "a.md"),
        [
            "image.png -> image.png",
            "Tea#Brewing -> Tea.md",
            "other/far -> far.md",
            "MY-file -> sub/My_File.md"
        ]
    );
}

#[test]
fn links_by_stable_id_follow_the_note() {
    let index = index(&[("b.md", "")]);
    let at = path("b.md");
    let id = ask(&index, |session| {
        let note = session.note(HERE, NoteKey::Path(&at)).expect("a look-up");
        note.expect("the note is there").external_id
    });
    let text = format!("[[{id}]]");
    apply_to(&index, HERE, vec![put("a.md", &text)]);
    assert_eq!(links(&index, "a.md"), [format!("{id} -> b.md")]);
    let moved = Change::Move {
        from: path("b.md"),
        entry: entry("c/d.md", ""),
    };
    apply_to(&index, HERE, vec![moved, put("b.md", "another")]);
    assert_eq!(links(&index, "a.md"), [format!("{id} -> c/d.md")]);
    let backlinks = ask(&index, |session| {
        let at = path("c/d.md");
        let note = session.note(HERE, NoteKey::Path(&at)).expect("a look-up");
        session
            .backlinks(note.expect("the note is there").id)
            .expect("backlinks")
    });
    assert_eq!(backlinks.len(), 1);
    apply_to(
        &index,
        HERE,
        vec![Change::Drop {
            path: path("c/d.md"),
        }],
    );
    assert_eq!(links(&index, "a.md"), [format!("{id} -> ?")]);
}

#[test]
fn a_move_takes_its_turn_among_notes_that_want_one_permalink() {
    let declared = "---\npermalink: tea\n---\n";
    let index = index(&[("b.md", declared), ("c.md", declared)]);
    let moved = Change::Move {
        from: path("c.md"),
        entry: entry("a.md", declared),
    };
    apply_to(&index, HERE, vec![moved]);
    assert_eq!(permalinks(&index), ["a.md tea", "b.md tea-1"]);
}

#[test]
fn a_moved_note_keeps_its_stable_id() {
    let index = index(&[("a.md", "text")]);
    let id = |at: &str| {
        let at = path(at);
        ask(&index, |session| {
            session
                .note(HERE, NoteKey::Path(&at))
                .expect("a look-up")
                .map(|note| note.external_id)
        })
    };
    let before = id("a.md").expect("the note is there");
    apply_to(
        &index,
        HERE,
        vec![Change::Move {
            from: path("a.md"),
            entry: entry("b/c.md", "text"),
        }],
    );
    assert_eq!(id("a.md"), None);
    assert_eq!(id("b/c.md"), Some(before.clone()));
    let by_id = ask(&index, |session| {
        let target = LinkTarget::parse(&before.to_uppercase()).expect("a target");
        let siblings = siblings();
        session.resolve(
            &Scope {
                project: HERE,
                slug: Some("main"),
                siblings: &siblings,
            },
            None,
            &target,
        )
    });
    assert!(matches!(by_id, Ok(Resolution::Found(note)) if note.path == path("b/c.md")));
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
fn all_terms_the_title_and_the_phrase_count_most() {
    let index = index(&[
        ("long.md", "tomato tomato tomato tomato tomato seed"),
        ("title.md", "---\ntitle: Tomato seed\n---\nHow to keep it."),
        ("both.md", "Sow the seed of a tomato in March."),
        ("none.md", "Beans and peas."),
    ]);
    assert_eq!(
        found(&index, "tomato seed"),
        ["title.md", "long.md", "both.md"]
    );
    assert_eq!(
        found(&index, "the seed of a tomato"),
        ["title.md", "both.md", "long.md"]
    );
}

#[test]
fn every_script_is_found_by_its_words() {
    let index = index(&[
        ("zh.md", "今天讨论了部署方案"),
        ("ja.md", "データベースの設計"),
        ("ko.md", "서울입니다"),
        ("th.md", "ภาษาไทยง่ายมาก"),
        ("de.md", "Grüße aus Köln"),
        ("ru.md", "Ёлка и ёж"),
    ]);
    for (query, note) in [
        ("部署", "zh.md"),
        ("署", "zh.md"),
        ("データ", "ja.md"),
        ("서울", "ko.md"),
        ("ไทย", "th.md"),
        ("grusse", "de.md"),
        ("GRÜSSE", "de.md"),
        ("елка", "ru.md"),
    ] {
        assert_eq!(found(&index, query), [note], "{query}");
    }
}

#[test]
fn operators_quotes_and_prefixes_narrow() {
    let index = index(&[
        ("a.md", "red green"),
        ("b.md", "green blue"),
        ("c.md", "blue redwood"),
    ]);
    let cases: [(&str, &[&str]); 9] = [
        ("red AND green", &["a.md"]),
        ("red OR blue", &["a.md", "b.md", "c.md"]),
        ("green NOT blue", &["a.md"]),
        ("NOT blue", &["a.md"]),
        ("\"green blue\"", &["b.md"]),
        ("\"green blue\" redwood", &[]),
        ("redw*", &["c.md"]),
        ("(red OR blue) AND green", &["a.md", "b.md"]),
        ("purple", &[]),
    ];
    for (query, wanted) in cases {
        let mut found = found(&index, query);
        found.sort();
        assert_eq!(found, wanted, "{query}");
    }
}

#[test]
fn no_query_is_an_error() {
    let index = index(&[("a.md", "C++ array[index] email@domain.com say \"hello\"")]);
    for query in [
        "C++",
        "array[index]",
        "email@domain.com",
        "say \"hello\"",
        "\"",
        "AND",
        "NOT",
        "(",
        "*",
        "a*b*",
        "col:x",
        "-",
        "^",
    ] {
        found(&index, query);
    }
    assert_eq!(found(&index, "@#$%^&()"), Vec::<String>::new());
    assert_eq!(found(&index, "C++"), ["a.md"]);
    assert_eq!(found(&index, "*"), ["a.md"]);
}

#[test]
fn filters_hold_together() {
    let index = index(&[
        (
            "a/1.md",
            "---\ntype: Guide\ntags: [x, y]\nstatus: draft\n---\ntea\n- [fact] hot",
        ),
        (
            "a/2.md",
            "---\ntype: guide\ntags: [x]\nstatus: final\n---\ntea with milk",
        ),
        ("b/3.md", "tea and more tea"),
        ("tea.png", ""),
    ]);
    let with = |change: &dyn Fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        let mut found = search(&index, "tea", &filter);
        found.sort();
        found
    };
    assert_eq!(with(&|_| {}), ["a/1.md", "a/2.md", "b/3.md", "tea.png"]);
    assert_eq!(
        with(&|filter| filter.folder = Some("a".to_owned())),
        ["a/1.md", "a/2.md"]
    );
    assert_eq!(
        with(&|filter| filter.note_types = vec!["GUIDE".to_owned()]),
        ["a/1.md", "a/2.md"]
    );
    assert_eq!(
        with(&|filter| filter.tags = vec!["x".to_owned(), "y".to_owned()]),
        ["a/1.md"]
    );
    assert_eq!(
        with(&|filter| filter.categories = vec!["fact".to_owned()]),
        ["a/1.md"]
    );
    assert_eq!(
        with(&|filter| filter.notes_only = true),
        ["a/1.md", "a/2.md", "b/3.md"]
    );
    assert_eq!(
        with(&|filter| filter.projects = vec![OTHER]),
        Vec::<String>::new()
    );
    let status = |value: serde_json::Value| {
        let mut filters = Metadata::new();
        filters.insert("status".to_owned(), value);
        with(&|filter| filter.metadata = MetadataFilter::parse(&filters).expect("a valid filter"))
    };
    assert_eq!(status("final".into()), ["a/2.md"]);
    assert_eq!(
        status(serde_json::json!({"$in": ["draft", "final"]})),
        ["a/1.md", "a/2.md"]
    );
    assert_eq!(status(serde_json::json!({"$gt": "e"})), ["a/2.md"]);
    let mut tagged = found(&index, "tag:x");
    tagged.sort();
    assert_eq!(tagged, ["a/1.md", "a/2.md"]);
}

#[test]
fn pages_neither_repeat_nor_skip() {
    let notes: Vec<(String, String)> = (0..25)
        .map(|number| {
            (
                format!("{number:02}.md"),
                format!("tea {}", "cup ".repeat(number)),
            )
        })
        .collect();
    let notes: Vec<(&str, &str)> = notes
        .iter()
        .map(|(at, text)| (at.as_str(), text.as_str()))
        .collect();
    let index = index(&notes);
    let query = Query::parse("tea");
    let mut all: Vec<String> = Vec::new();
    for page in 0..5 {
        let hits = ask(&index, |session| {
            session
                .lexical(&query, &Filter::default(), 6, page * 6)
                .expect("a page of hits")
        });
        assert_eq!((hits.total, hits.total_is_exact), (25, true));
        all.extend(hits.hits.into_iter().map(|hit| hit.note.path.to_string()));
    }
    assert_eq!(all.len(), 25);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 25);
}

#[test]
fn leaving_common_words_out_first_changes_no_hit() {
    // More occurrences than are scored without a second thought, and one rare word.
    let notes: Vec<(String, String)> = (0..12_000)
        .map(|number| {
            let rare = if number % 4_000 == 7 { "zebra" } else { "" };
            (
                format!("{number:05}.md"),
                format!("common usual {rare} w{}", number % 97),
            )
        })
        .collect();
    let notes: Vec<(&str, &str)> = notes
        .iter()
        .map(|(at, text)| (at.as_str(), text.as_str()))
        .collect();
    let index = index(&notes);
    let hits = ask(&index, |session| {
        session
            .lexical(
                &Query::parse("zebra common usual"),
                &Filter::default(),
                3,
                0,
            )
            .expect("hits")
    });
    let paths: Vec<String> = hits
        .hits
        .iter()
        .map(|hit| hit.note.path.to_string())
        .collect();
    assert_eq!(paths, ["00007.md", "04007.md", "08007.md"]);
    assert!(
        !hits.total_is_exact,
        "only the notes with the rare word were looked at"
    );
    let all = ask(&index, |session| {
        session
            .lexical(
                &Query::parse("zebra common usual"),
                &Filter::default(),
                20,
                0,
            )
            .expect("hits")
    });
    assert_eq!(
        (all.total, all.total_is_exact),
        (12_000, true),
        "more are wanted than have the rare word"
    );
    assert_eq!(
        all.hits
            .iter()
            .take(3)
            .map(|hit| hit.note.path.to_string())
            .collect::<Vec<_>>(),
        paths
    );
}

#[test]
fn walks_go_both_ways_and_end() {
    let index = index(&[
        ("a.md", "- knows [[b]]\n- lacks [[nothing]]"),
        ("b.md", "- knows [[c]]"),
        ("c.md", "- knows [[a]]"),
    ]);
    let at = path("a.md");
    let reach = |depth, limit| {
        ask(&index, |session| {
            let seed = session
                .note(HERE, NoteKey::Path(&at))
                .expect("a look-up")
                .expect("the note is there")
                .id;
            let graph = session
                .around(
                    &[seed],
                    Reach {
                        depth,
                        limit,
                        since: None,
                    },
                )
                .expect("a walk");
            let notes: Vec<String> = graph
                .notes
                .iter()
                .map(|(depth, note)| format!("{depth} {}", note.path))
                .collect();
            (notes, graph.edges.len())
        })
    };
    assert_eq!(
        reach(1, 10),
        (vec!["1 b.md".to_owned(), "1 c.md".to_owned()], 3)
    );
    assert_eq!(
        reach(5, 10),
        (vec!["1 b.md".to_owned(), "1 c.md".to_owned()], 4)
    );
    assert_eq!(reach(5, 1).0, ["1 b.md"]);
}

#[test]
fn permalinks_match_by_glob_in_order() {
    let index = index(&[("foo_bar/a.md", ""), ("foo_bar/b.md", ""), ("zoo/a.md", "")]);
    let url = MemoryUrl::parse("memory://main/foo_bar/*").expect("a valid URL");
    let glob = url.pattern().unwrap_or_else(|| Glob::new("*"));
    let found = ask(&index, |session| {
        session.matching(HERE, &glob, 10, 0).expect("matches")
    });
    let found: Vec<String> = found
        .into_iter()
        .filter_map(|note| note.permalink)
        .collect();
    assert_eq!(found, ["main/foo-bar/a", "main/foo-bar/b"]);
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
