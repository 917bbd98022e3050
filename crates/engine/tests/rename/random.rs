//! Random vaults and random moves: a link that led to a note leads there afterwards, and an undo restores every byte.

use crate::support::{main, moved, open, request, undo};
use cairn_engine::{Cancel, ContextRequest, Engine, MoveRequest, MovedLinks, Silent};
use cairn_testkit::Vault;
use jiff::Zoned;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const FOLDERS: [&str; 4] = ["", "a/", "a/b/", "c/"];
const NAMES: [&str; 4] = ["Tea", "Oolong", "Ünï Côde", "茶 (1)"];

/// A note's path without `.md`, and whether it declares a title.
type Note = (String, bool);
/// The notes a link stands in and leads to, and how it is spelled.
type Link = (usize, usize, usize);

/// Where each typed relation of a note leads, by the note's id and the relation's type.
fn ends(engine: &Engine, notes: &[String]) -> BTreeMap<(String, String), Option<i64>> {
    let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
    let mut ends = BTreeMap::new();
    for id in notes {
        let request = ContextRequest {
            url: id.clone(),
            depth: 0,
            timeframe: None,
            page: 1,
            page_size: 1,
            max_related: 0,
            now: now.clone(),
        };
        let context = main(engine).build_context(&request).expect("it is there");
        for relation in &context.items[0].relations {
            let end = relation.resolved.map(|end| end.0);
            ends.insert((id.clone(), relation.relation_type.clone()), end);
        }
    }
    ends
}

/// A vault of eight notes with links to each other, spelled in every way.
fn vaults() -> impl Strategy<Value = (Vec<Note>, Vec<Link>)> {
    let notes =
        prop::collection::btree_map((0..FOLDERS.len(), 0..NAMES.len()), any::<bool>(), 3..9)
            .prop_map(|notes| {
                notes
                    .into_iter()
                    .map(|((folder, name), declared)| {
                        (format!("{}{}", FOLDERS[folder], NAMES[name]), declared)
                    })
                    .collect()
            });
    (
        notes,
        prop::collection::vec((0..9usize, 0..9usize, 0..7usize), 0..20),
    )
}

fn spelled(path: &str, style: usize) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match style {
        0 => path.to_owned(),
        1 => format!("{path}.md"),
        2 => name.to_owned(),
        3 => format!("{name}#Heading|alias"),
        4 => format!("main::{path}"),
        5 => cairn_note::permalink::slug(path),
        _ => format!("main/{}", cairn_note::permalink::slug(path)),
    }
}

fn text(notes: &[Note], links: &[Link]) -> String {
    let mut text = String::new();
    for (place, (path, declared)) in notes.iter().enumerate() {
        let _ = writeln!(text, "//- {path}.md");
        if *declared {
            let _ = writeln!(text, "---\ntitle: Note {place}\n---");
        }
        for (number, (source, target, style)) in links.iter().enumerate() {
            if source % notes.len() == place {
                let (target, _) = &notes[target % notes.len()];
                let _ = writeln!(text, "- r{number} [[{}]]", spelled(target, *style));
            }
        }
    }
    text
}

fn check(
    before: &BTreeMap<(String, String), Option<i64>>,
    after: &BTreeMap<(String, String), Option<i64>>,
    links: &MovedLinks,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(&links.failed, &[]);
    let strayed = before
        .iter()
        .filter(|(key, end)| end.is_some() && after.get(*key) != Some(*end))
        .count();
    prop_assert_eq!(strayed, links.broken.len(), "{:?}", links);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn links_go_on_leading_where_they_led(
        (notes, links) in vaults(),
        which in any::<prop::sample::Index>(),
        to in (0..FOLDERS.len(), 0..NAMES.len()),
        whole in any::<bool>(),
    ) {
        let vault = Vault::new(&text(&notes, &links));
        let engine = open(&vault);
        let ids: Vec<String> = notes
            .iter()
            .map(|(path, _)| {
                main(&engine).identify(&format!("{path}.md"), None).expect("it is there").external_id
            })
            .collect();
        let untouched = vault.snapshot();
        let before = ends(&engine, &ids);
        let (path, _) = &notes[which.index(notes.len())];
        let to = format!("{}{}", FOLDERS[to.0], NAMES[to.1]);
        if whole && path.starts_with("a/") {
            let wish = request("a", "d/e");
            let rehearsal = MoveRequest { dry_run: true, ..wish.clone() };
            let run = |wish: &MoveRequest| main(&engine)
                .move_directory_as(wish, &Silent, &Cancel::new())
                .expect("it makes sense");
            let would = run(&rehearsal);
            let did = run(&wish);
            prop_assert_eq!(&would.links, &did.links);
            check(&before, &ends(&engine, &ids), &did.links)?;
        } else if notes.iter().all(|(other, _)| *other != to) {
            let wish = request(&format!("{path}.md"), &format!("{to}.md"));
            let rehearsal = MoveRequest { dry_run: true, ..wish.clone() };
            let would = moved(&engine, &rehearsal);
            let did = moved(&engine, &wish);
            prop_assert_eq!(&would.links, &did.links);
            check(&before, &ends(&engine, &ids), &did.links)?;
        } else {
            return Ok(());
        }
        undo(&engine);
        prop_assert_eq!(vault.snapshot(), untouched);
    }
}
