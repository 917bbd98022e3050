//! Any text is a query, a list of terms, perhaps a link, a path, a glob or a timeframe.
#![no_main]

use cairn_note::link::{Glob, LinkTarget, MemoryUrl, bucket};
use cairn_note::query::{Expr, Query, Word};
use cairn_note::words::{phrase, terms};
use cairn_note::{NotePath, Permalink, tags, timeframe};
use jiff::civil::date;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Some(expr) = &Query::parse(&text).expr {
        check(expr);
    }
    let mut out = String::new();
    let count = terms(&text, &mut out);
    assert_eq!(out.split_terminator(' ').count(), count as usize);
    out.split_terminator(' ').for_each(is_term);
    phrase(&text).terms.iter().for_each(|term| is_term(term));

    if let Some(link) = LinkTarget::parse(&text) {
        assert!(
            link.buckets().contains(&bucket(&link.name))
                || link.heading.is_some()
                || link.name.contains('#')
        );
        link.permalink_candidates(Some("project"));
    }
    let _ = MemoryUrl::parse(&text).map(|url| url.pattern().map(|glob| glob.matches("a/b")));
    let (pattern, name) = text.split_at(text.floor_char_boundary(text.len() / 2));
    Glob::new(pattern).matches(name);
    if let Ok(path) = NotePath::parse(&text) {
        let permalink = Permalink::of(&path, None);
        let again = NotePath::parse(path.as_str());
        assert_eq!(again.as_ref(), Ok(&path), "{permalink:?}");
    }
    tags::parse_text(&text);
    if let Ok(now) = date(2025, 6, 15).at(12, 0, 0, 0).to_zoned(TimeZone::UTC) {
        let _ = timeframe::since(&text, &now);
        let _ = timeframe::moment(&text, &now);
    }
});

fn is_term(term: &str) {
    let clean = |character: char| {
        !character.is_ascii() || matches!(character, 'a'..='z' | '0'..='9' | '+' | '#')
    };
    assert!(
        !term.is_empty() && term.len() <= 64 && term.chars().all(clean),
        "{term:?}"
    );
}

fn check(expr: &Expr) {
    let word = |word: &Word| {
        assert!(!word.terms.is_empty() && word.terms.len() <= 64, "{word:?}");
        word.terms.iter().for_each(|term| is_term(term));
    };
    match expr {
        Expr::Word(one) => word(one),
        Expr::Any(words) => {
            assert!(words.iter().any(|word| !word.stop), "{words:?}");
            words.iter().for_each(word);
        }
        Expr::And(items) | Expr::Or(items) => {
            assert!(items.len() > 1, "{items:?}");
            items.iter().for_each(check);
        }
        Expr::Not(wanted, unwanted) => {
            wanted.iter().for_each(|wanted| check(wanted));
            check(unwanted);
        }
    }
}
