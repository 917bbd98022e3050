//! What files are besides what they say: stable ids and permalinks they were given.

use super::*;
use uuid::Uuid;

const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);

fn given(at: &str, text: &str, id: Option<Uuid>, permalink: Option<&str>) -> Change {
    Change::Put(Box::new(Entry {
        given: Given {
            external_id: id,
            permalink: permalink.map(str::to_owned),
        },
        ..*entry(at, text)
    }))
}

fn ids(index: &Index, project: ProjectId) -> Vec<String> {
    let records = ask(index, |session| session.below(project, "").expect("a list"));
    let line = |record: NoteRecord| format!("{} {}", record.path, record.external_id);
    records.into_iter().map(line).collect()
}

#[test]
fn a_declared_permalink_comes_before_a_given_one_and_that_before_the_paths() {
    let index = index(&[]);
    apply_to(
        &index,
        HERE,
        vec![
            put("a.md", ""),
            given("b.md", "", None, Some("main/a")),
            put("c.md", "---\npermalink: main/a\n---\n"),
        ],
    );
    assert_eq!(
        permalinks(&index),
        ["a.md main/a-2", "b.md main/a-1", "c.md main/a"]
    );
    apply_to(&index, HERE, vec![put("c.md", "")]);
    assert_eq!(
        permalinks(&index),
        ["a.md main/a-1", "b.md main/a", "c.md main/c"]
    );
    apply_to(&index, HERE, vec![given("b.md", "", None, None)]);
    assert_eq!(
        permalinks(&index),
        ["a.md main/a", "b.md main/b", "c.md main/c"]
    );
}

#[test]
fn what_a_note_declares_itself_it_need_not_be_given_and_a_file_has_no_permalink() {
    let index = index(&[]);
    apply_to(
        &index,
        HERE,
        vec![
            given("a.md", "---\npermalink: own\n---\n", None, Some("other")),
            given("b.md", "", None, Some(" ")),
            given("c.png", "", None, Some("picture")),
        ],
    );
    assert_eq!(permalinks(&index), ["a.md own", "b.md main/b", "c.png "]);
}

#[test]
fn an_id_goes_to_the_file_it_is_given_to() {
    let index = index(&[]);
    apply_to(
        &index,
        HERE,
        vec![given("a.md", "", Some(FIRST), None), put("b.md", "")],
    );
    let derived = |project, at| {
        let at = path(at);
        derived_ids(project, &at).next().expect("there are many")
    };
    assert_eq!(
        ids(&index, HERE),
        [
            format!("a.md {FIRST}"),
            format!("b.md {}", derived(HERE, "b.md"))
        ]
    );
    // Without a word it stays, and another file's goes to whom it is given, in another project too.
    apply_to(&index, HERE, vec![put("a.md", "changed")]);
    apply_to(&index, OTHER, vec![given("z.md", "", Some(SECOND), None)]);
    apply_to(&index, HERE, vec![given("b.md", "", Some(SECOND), None)]);
    assert_eq!(
        ids(&index, HERE),
        [format!("a.md {FIRST}"), format!("b.md {SECOND}")]
    );
    assert_eq!(
        ids(&index, OTHER),
        [format!("z.md {}", derived(OTHER, "z.md"))]
    );
    // Two are each other.
    apply_to(
        &index,
        HERE,
        vec![
            given("a.md", "", Some(SECOND), None),
            given("b.md", "", Some(FIRST), None),
        ],
    );
    assert_eq!(
        ids(&index, HERE),
        [format!("a.md {SECOND}"), format!("b.md {FIRST}")]
    );
}

#[test]
fn a_link_by_id_follows_an_id_that_is_given_to_another_file() {
    let index = index(&[("a.md", &format!("[[{FIRST}]]"))]);
    assert_eq!(links(&index, "a.md"), [format!("{FIRST} -> ?")]);
    for at in ["b.md", "c.md"] {
        apply_to(&index, HERE, vec![given(at, "", Some(FIRST), None)]);
        assert_eq!(links(&index, "a.md"), [format!("{FIRST} -> {at}")]);
    }
    apply_to(&index, HERE, vec![given("c.md", "", Some(SECOND), None)]);
    assert_eq!(links(&index, "a.md"), [format!("{FIRST} -> ?")]);
}

#[test]
fn a_link_to_the_permalink_a_note_had_finds_it_where_it_is() {
    let index = index(&[("a.md", "[[main/old/tea]]"), ("old/tea.md", "")]);
    let moved = |permalink: Option<&str>| {
        let Change::Put(entry) = given("new/green.md", "", None, permalink) else {
            unreachable!("it was put");
        };
        entry
    };
    let from = path("old/tea.md");
    let entry = moved(Some("main/old/tea"));
    apply_to(&index, HERE, vec![Change::Move { from, entry }]);
    assert_eq!(links(&index, "a.md"), ["main/old/tea -> new/green.md"]);
    apply_to(&index, HERE, vec![Change::Put(moved(None))]);
    assert_eq!(links(&index, "a.md"), ["main/old/tea -> ?"]);
}
