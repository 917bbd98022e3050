//! Names: permalinks, stable ids, links, walks.

use super::*;

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
    let id = |at: &str| record(&index, at).map(|note| note.external_id);
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
                        within: None,
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
fn a_path_with_its_ending_names_its_own_file() {
    let index = index(&[
        ("a.md", "[[foo-bar.md]] and [[foo bar.md]]"),
        ("foo bar.md", ""),
        ("foo-bar.md", ""),
    ]);
    assert_eq!(
        links(&index, "a.md"),
        ["foo-bar.md -> foo-bar.md", "foo bar.md -> foo bar.md"]
    );
}
