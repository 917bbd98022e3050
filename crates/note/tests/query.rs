//! Queries: a table of trees, a table of notes and what finds them, and what holds for every text.

use std::fmt::Write as _;

use cairn_note::query::{Expr, Query, Word};
use cairn_note::words::terms;
use cairn_testkit::unescape;
use proptest::prelude::*;

fn show(query: &Query) -> String {
    match &query.expr {
        _ if !query.tags.is_empty() => format!("tag[{}]", query.tags.join(" ")),
        None if query.nothing => "∅".to_owned(),
        None => "-".to_owned(),
        Some(expr) => show_expr(expr),
    }
}

fn show_expr(expr: &Expr) -> String {
    let list = |items: &[Expr], sign: &str| {
        let items: Vec<String> = items.iter().map(show_expr).collect();
        format!("({})", items.join(sign))
    };
    match expr {
        Expr::Word(word) => show_word(word),
        Expr::Any(words) => {
            let words: Vec<String> = words.iter().map(show_word).collect();
            format!("{{{}}}", words.join(" "))
        }
        Expr::And(items) => list(items, " & "),
        Expr::Or(items) => list(items, " | "),
        Expr::Not(None, not) => format!("(! {})", show_expr(not)),
        Expr::Not(Some(left), not) => format!("({} ! {})", show_expr(left), show_expr(not)),
    }
}

fn show_word(word: &Word) -> String {
    let mut shown = word.terms.join(" ");
    if word.terms.len() > 1 {
        shown = format!("\"{shown}\"");
    }
    if word.prefix {
        shown.push('*');
    }
    if word.stop {
        shown.push('~');
    }
    if word.part {
        shown.insert(0, '/');
    }
    shown
}

#[test]
fn the_table_of_queries_and_trees() {
    let mut wrong = String::new();
    for line in include_str!("data/query/parse.txt").lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let (text, expected) = line.split_once(" => ").expect("a row has an arrow");
        let found = show(&Query::parse(&unescape(text)));
        if found != expected {
            writeln!(wrong, "{line}\n   found {found}").expect("a string takes text");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a backend does with the tree, on one note.
fn matches(expr: &Expr, note: &[String]) -> bool {
    match expr {
        Expr::Word(word) => contains(note, word),
        Expr::Any(words) => words.iter().any(|word| !word.stop && contains(note, word)),
        Expr::And(items) => items.iter().all(|item| matches(item, note)),
        Expr::Or(items) => items.iter().any(|item| matches(item, note)),
        Expr::Not(wanted, unwanted) => {
            wanted.as_ref().is_none_or(|wanted| matches(wanted, note)) && !matches(unwanted, note)
        }
    }
}

fn contains(note: &[String], word: &Word) -> bool {
    note.windows(word.terms.len()).any(|window| {
        let mut pairs = window.iter().zip(&word.terms).rev();
        let last = pairs.next();
        last.is_some_and(|(have, want)| {
            have == want || word.prefix && have.starts_with(want.as_str())
        }) && pairs.all(|(have, want)| have == want)
    })
}

#[test]
fn the_table_of_notes_and_queries() {
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    let mut wrong = String::new();
    let mut queries = 0;
    for line in include_str!("data/query/search.txt").lines() {
        let line = unescape(line);
        if let Some(note) = line.strip_prefix('@') {
            let (name, text) = note.split_once(' ').expect("a note has a text");
            let mut out = String::new();
            terms(text, &mut out);
            notes.push((
                name.to_owned(),
                out.split_ascii_whitespace().map(str::to_owned).collect(),
            ));
        } else if let Some(row) = line.strip_prefix("? ") {
            let (text, expected) = row.split_once(" =>").expect("a row has an arrow");
            let query = Query::parse(text);
            let hit = |note: &[String]| query.expr.as_ref().is_some_and(|expr| matches(expr, note));
            let found: Vec<&str> = notes
                .iter()
                .filter(|note| hit(&note.1))
                .map(|note| note.0.as_str())
                .collect();
            if found.join(" ") != expected.trim() {
                writeln!(wrong, "{row}\n   found {found:?} by {}", show(&query))
                    .expect("a string takes text");
            }
            queries += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(queries >= 60, "the table has only {queries} queries");
}

#[test]
fn a_word_keeps_the_text_a_person_typed() {
    let texts = |text: &str| match Query::parse(text).expr {
        Some(Expr::Any(words)) => words.into_iter().map(|word| word.text).collect(),
        Some(Expr::Word(word)) => vec![word.text],
        other => panic!("{other:?}"),
    };
    assert_eq!(
        texts("Gen-ITGC, Anna's mem*"),
        ["Gen-ITGC", "gen", "itgc", "Anna", "mem"]
    );
    assert_eq!(texts("\"Green Tea\""), ["Green Tea"]);
    assert_eq!(
        texts("如何配置Obsidian同步"),
        ["如何配置", "Obsidian", "同步"]
    );
}

#[test]
fn hostile_texts_make_small_trees() {
    let deep = |levels| format!("{}a AND b{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(size(&Query::parse(&deep(200))), 2);
    assert_eq!(size(&Query::parse(&deep(100_000))), 0);
    let many = "word AND ".repeat(100_000);
    assert!(size(&Query::parse(&many)) <= 512);
    let plain: String = (0..10_000).map(|number| format!("w{number} ")).collect();
    assert_eq!(size(&Query::parse(&plain)), 64);
    assert_eq!(size(&Query::parse(&"署方案部".repeat(10_000))), 4);
    let dots = "a.".repeat(100_000);
    assert!(matches!(Query::parse(&dots).expr, Some(Expr::Word(word)) if word.terms.len() == 64));
    assert!(size(&Query::parse(&"NOT ".repeat(100_000))) <= 1);
    assert!(size(&Query::parse(&"a\"".repeat(100_000))) <= 64);
}

/// Counts the words, and checks what every tree promises.
fn size(query: &Query) -> usize {
    assert!(query.expr.is_none() || query.tags.is_empty() && !query.nothing);
    query.expr.as_ref().map_or(0, size_of)
}

fn size_of(expr: &Expr) -> usize {
    let word_is_sound = |word: &Word| {
        assert!(!word.terms.is_empty() && word.terms.len() <= 64, "{word:?}");
        assert!(
            word.terms
                .iter()
                .all(|term| !term.is_empty() && !term.contains(['"', ' ', '*'])),
            "{word:?}"
        );
    };
    match expr {
        Expr::Word(word) => {
            word_is_sound(word);
            assert!(!word.stop, "{word:?}");
            1
        }
        Expr::Any(words) => {
            assert!(!words.is_empty() && words.len() <= 64);
            assert!(words.iter().any(|word| !word.stop), "{words:?}");
            words.iter().for_each(word_is_sound);
            words.len()
        }
        Expr::And(items) | Expr::Or(items) => {
            assert!(items.len() > 1, "{items:?}");
            items.iter().map(size_of).sum()
        }
        Expr::Not(wanted, unwanted) => {
            wanted.as_ref().map_or(0, |wanted| size_of(wanted)) + size_of(unwanted)
        }
    }
}

proptest! {
    #[test]
    fn every_text_is_a_query(text in any::<String>()) {
        prop_assert!(size(&Query::parse(&text)) <= 512);
    }

    #[test]
    fn every_arrangement_of_syntax_is_a_query(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "AND", "OR", "NOT", "(", ")", "\"", "*", "a", "the", "tea", "(x", "y)", "部署方案数据", "署", "-",
                "tag:", "'", "‘", "?", "c++",
            ]),
            0..20,
        ),
        glue in prop::sample::select(vec![" ", "", "  "]),
    ) {
        let query = Query::parse(&parts.join(glue));
        prop_assert!(size(&query) <= 64);
    }

    #[test]
    fn a_plain_word_of_a_note_finds_it(note in "(\\PC{1,10} ){1,6}", pick in any::<prop::sample::Index>()) {
        let words: Vec<&str> = note
            .split_whitespace()
            .filter(|word| !word.contains(['"', '“', '”', '„', '‟', '＂', '*']))
            .collect();
        let word = if words.is_empty() { "" } else { words[pick.index(words.len())] };
        let query = Query::parse(word);
        let mut out = String::new();
        terms(&note, &mut out);
        let found: Vec<String> = out.split_ascii_whitespace().map(str::to_owned).collect();
        if let Some(expr) = &query.expr {
            prop_assert!(matches(expr, &found), "{expr:?} in {found:?}");
        }
    }
}
