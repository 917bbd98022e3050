//! Every file as something that can be read, and what is known of all.

use crate::support::{main, open};
use cairn_engine::{RecentItem, RowKind};
use cairn_index::NoteRecord;
use cairn_note::NotePath;
use cairn_testkit::Vault;
use jiff::Timestamp;

const GARDEN: &str = "//- a.md\n---\npermalink: b\nmodified: 2025-06-03\ncreated: 2025-01-01\n---\n- [fact] one\n- uses [[C]]\n\
    //- b.md\n---\nmodified: 2025-06-02\ncreated: 2025-01-03\ntype: Guide\n---\n- [fact] two\n- wants [[Nowhere]]\n\
    //- folder/C.md\n---\nmodified: 2025-06-01\ncreated: 2025-01-02\n---\nalone no more\n\
    //- folder/plain.txt\nplain\n";

#[test]
fn files_come_by_path_and_go_on_after_one() {
    let vault = Vault::new(GARDEN);
    let engine = open(&vault);
    let listed = |after: Option<&NotePath>, limit| -> Vec<String> {
        let files = main(&engine).files_after(after, limit);
        let files = files.expect("the index answers").into_iter();
        files.map(|file| file.path.to_string()).collect()
    };
    assert_eq!(listed(None, 2), ["a.md", "b.md"]);
    let last = NotePath::from_disk("b.md").expect("a path");
    assert_eq!(listed(Some(&last), 10), ["folder/C.md", "folder/plain.txt"]);
    let names = main(&engine).every_name().expect("the index answers");
    let titles: Vec<&str> = names.iter().map(|name| name.title.as_str()).collect();
    // The text file was written just now.
    assert_eq!(titles, ["plain.txt", "a", "b", "C"]);
    assert_eq!(names[1].permalink.as_deref(), Some("b"));
    assert_eq!(names[0].permalink, None);
    let types = main(&engine).every_type().expect("the index answers");
    assert_eq!((types[0].value.as_str(), types[0].count), ("note", 2));
}

#[test]
fn an_address_is_a_permalink_a_path_or_an_id() {
    let vault = Vault::new(GARDEN);
    let engine = open(&vault);
    let at = |address: &str| -> Option<NoteRecord> {
        let found = main(&engine).addressed(&[address]);
        found.expect("the index answers").remove(0)
    };
    let path = |address: &str| at(address).map(|note| note.path.to_string());
    assert_eq!(path("folder/c").as_deref(), Some("folder/C.md"));
    assert_eq!(path("folder/C").as_deref(), Some("folder/C.md"));
    assert_eq!(path("folder/C.md").as_deref(), Some("folder/C.md"));
    assert_eq!(
        path("folder/plain.txt").as_deref(),
        Some("folder/plain.txt")
    );
    // `main/b` is the permalink of b.md, `b` the declared one of a.md.
    assert_eq!(path("b").as_deref(), Some("b.md"));
    let id = at("a.md").expect("it is there").external_id;
    assert_eq!(path(&id).as_deref(), Some("a.md"));
    for nothing in ["", "C", "Folder/c", "../a.md", "/a.md"] {
        assert_eq!(path(nothing), None, "{nothing}");
    }
}

#[test]
fn bytes_are_those_of_the_file_and_not_too_many() {
    let vault = Vault::new(GARDEN);
    let engine = open(&vault);
    let plain = main(&engine)
        .addressed(&["folder/plain.txt"])
        .expect("the index answers")
        .remove(0)
        .expect("it is there");
    let bytes = |most| main(&engine).bytes(&plain, most);
    assert_eq!(bytes(6).expect("it is small"), Some(b"plain\n".to_vec()));
    let refused = bytes(5).expect_err("it is too large");
    assert_eq!(
        refused.to_string(),
        "folder/plain.txt has 6 bytes, more than 5"
    );
    vault.write("folder/plain.txt", "plain and longer\n");
    assert!(bytes(10).is_err(), "it grew since it was indexed");
    std::fs::remove_file(vault.path("folder/plain.txt")).expect("it can be removed");
    assert_eq!(bytes(6).expect("nothing is no error"), None);
}

#[test]
fn an_overview_counts_and_names() {
    let vault = Vault::new(GARDEN);
    let engine = open(&vault);
    let overview = main(&engine).overview().expect("the index answers");
    assert_eq!(
        (overview.statistics.notes, overview.statistics.files),
        (3, 1)
    );
    assert_eq!(overview.statistics.unresolved, 1);
    let relation_types: Vec<(&str, u64)> = overview
        .relation_types
        .iter()
        .map(|count| (count.value.as_str(), count.count))
        .collect();
    assert_eq!(relation_types, [("uses", 1), ("wants", 1)]);
    let connected: Vec<(&str, u64)> = overview
        .most_connected
        .iter()
        .map(|connected| (connected.name.title.as_str(), connected.relations))
        .collect();
    assert_eq!(connected, [("a", 1), ("b", 1), ("C", 1)]);
    assert_eq!(overview.isolated, 0);
    let titles = |notes: &[NoteRecord]| -> Vec<String> {
        notes.iter().map(|note| note.title.clone()).collect()
    };
    assert_eq!(titles(&overview.created), ["b", "C", "a"]);
    assert_eq!(titles(&overview.modified), ["a", "b", "C"]);
}

#[test]
fn what_changed_lately_part_by_part() {
    let vault = Vault::new(GARDEN);
    let engine = open(&vault);
    let since: Timestamp = "2025-06-01T12:00:00Z".parse().expect("a time");
    let said = |kinds: &[RowKind], offset, limit| -> Vec<String> {
        let items = main(&engine).recent_items(since, kinds, offset, limit);
        let word = |item: RecentItem| match item {
            RecentItem::Note(note) => note.title.clone(),
            RecentItem::Observation { note, observation } => {
                format!("{}: {}", note.title, observation.content)
            }
            RecentItem::Relation {
                note,
                relation,
                target,
            } => format!(
                "{} {} {}",
                note.title,
                relation.relation_type,
                target.map_or("nothing".to_owned(), |target| target.title.clone())
            ),
        };
        items
            .expect("the index answers")
            .into_iter()
            .map(word)
            .collect()
    };
    use RowKind::{Note, Observation, Relation};
    assert_eq!(said(&[Note], 0, 10), ["a", "b"]);
    assert_eq!(said(&[Note], 1, 10), ["b"]);
    assert_eq!(said(&[Observation], 0, 10), ["a: one", "b: two"]);
    let all = [Note, Observation, Relation];
    assert_eq!(
        said(&all, 0, 10),
        ["a", "a: one", "a uses C", "b", "b: two", "b wants nothing"]
    );
    assert_eq!(said(&all, 2, 2), ["a uses C", "b"]);
}
