//! Link targets, memory URLs, globs, and the promise of the buckets.

use cairn_note::NotePath;
use cairn_note::link::{Glob, LinkTarget, MemoryUrl, UrlError, bucket, uuid};
use cairn_testkit::rows;
use proptest::prelude::*;
use std::collections::HashMap;

#[test]
fn targets() {
    for [text, name, without, heading, qualified] in rows(include_str!("data/link/target.tsv")) {
        let Some(target) = LinkTarget::parse(text) else {
            assert_eq!(name, "", "{text}");
            continue;
        };
        assert_eq!(target.name, name, "{text}");
        assert_eq!(
            target.without_heading.as_deref().unwrap_or_default(),
            without,
            "{text}"
        );
        // A sign with nothing but slashes before it belongs to the name.
        assert_eq!(
            target.heading.as_deref().unwrap_or_default(),
            heading,
            "{text}"
        );
        assert_eq!(target.qualified, qualified == "qualified", "{text}");
    }
}

#[test]
fn project_prefixes() {
    let prefix = |text| {
        LinkTarget::parse(text).and_then(|target| {
            target
                .project_prefix()
                .map(|(project, rest)| format!("{project} {rest}"))
        })
    };
    assert_eq!(prefix("proj/a/b").as_deref(), Some("proj a/b"));
    assert_eq!(prefix("proj::a").as_deref(), Some("proj a"));
    assert_eq!(prefix("/a"), None);
    assert_eq!(prefix("a/"), None);
    assert_eq!(prefix("a"), None);
}

#[test]
fn candidates() {
    for [text, project, wanted] in rows(include_str!("data/link/candidates.tsv")) {
        let target = LinkTarget::parse(text).expect("a link");
        let project = (project != "-").then_some(project);
        assert_eq!(
            target.permalink_candidates(project).join(" "),
            wanted,
            "{text}"
        );
    }
}

#[test]
fn uuids() {
    let canonical = "6f1ed002-ab5f-4cd1-8b3e-0123456789ab";
    for text in [
        canonical,
        " 6F1ED002-AB5F-4CD1-8B3E-0123456789AB ",
        "6f1ed002ab5f4cd18b3e0123456789ab",
    ] {
        assert_eq!(uuid(text).as_deref(), Some(canonical));
    }
    for text in [
        "",
        "6f1ed002",
        "6f1ed002-ab5f-4cd1-8b3e-0123456789ag",
        "6f1ed002ab5f-4cd1-8b3e-0123456789ab0",
        "é1ed002ab5f4cd18b3e0123456789ab",
    ] {
        assert_eq!(uuid(text), None, "{text}");
    }
}

#[test]
fn urls() {
    for [text, wanted] in rows(include_str!("data/link/url.tsv")) {
        let got = match MemoryUrl::parse(text) {
            Ok(url) => format!("= {}", url.path),
            Err(error) => format!("{error:?}")
                .split(['(', ' '])
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        assert_eq!(got, wanted, "{text}");
    }
    assert!(MemoryUrl::parse(&"é".repeat(2028)).is_ok());
    assert_eq!(
        MemoryUrl::parse(&"é".repeat(2029)),
        Err(UrlError::TooLong(2029))
    );
    let said = MemoryUrl::parse("a|b").expect_err("refused").to_string();
    assert_eq!(
        said,
        "the memory URL 'a|b' has the character '|', which no memory URL can have"
    );
}

#[test]
fn patterns() {
    for [text, wanted] in rows(include_str!("data/link/pattern.tsv")) {
        let pattern = MemoryUrl::parse(text).expect("a URL").pattern();
        assert_eq!(pattern.as_ref().map_or("-", Glob::as_str), wanted, "{text}");
    }
}

#[test]
fn globs() {
    for [pattern, text, wanted] in rows(include_str!("data/link/glob.tsv")) {
        assert_eq!(
            Glob::new(pattern).matches(text),
            wanted == "yes",
            "{pattern} {text}"
        );
    }
    for (pattern, prefix) in [
        ("notes/*", "notes/"),
        ("*", ""),
        ("tea", "tea"),
        ("a[b]c", "a"),
        ("a[b*", "a[b"),
        ("é?", "é"),
    ] {
        assert_eq!(Glob::new(pattern).literal_prefix(), prefix, "{pattern}");
    }
    // Backtracking into every star would take until the end of time.
    let hard = "a*".repeat(200) + "b";
    assert!(!Glob::new(&hard).matches(&"a".repeat(20_000)));
}

#[test]
fn buckets_meet() {
    for [one, other] in rows(include_str!("data/link/bucket.tsv")) {
        assert_eq!(bucket(one), bucket(other), "{one} {other}");
    }
    for text in [
        "Tea",
        "Notes/Tea.md",
        "Über Café",
        "日本語ノート",
        "русский",
    ] {
        assert_eq!(
            LinkTarget::parse(text).expect("a link").buckets(),
            [bucket(text)],
            "the usual link has one key"
        );
    }
}

/// What is wrong with the buckets of a link, given texts that are `alike` for the forgiving rule.
fn unmet<'t>(text: &str, alike: impl Fn(&str) -> &'t [String]) -> Vec<String> {
    let Some(target) = LinkTarget::parse(text) else {
        return Vec::new();
    };
    let buckets = target.buckets();
    let mut unmet = Vec::new();
    let mut must = |rule: &str, name: &str| {
        if !buckets.contains(&bucket(name)) {
            unmet.push(format!(
                "{text:?} {rule} {name:?}: {buckets:?} without {:?}",
                bucket(name)
            ));
        }
    };
    let readings = [Some(target.name.clone()), target.without_heading.clone()];
    for name in readings.into_iter().flatten() {
        let reading = LinkTarget {
            name,
            without_heading: None,
            heading: None,
            qualified: false,
        };
        for project in [None, Some("proj"), Some("a")] {
            for candidate in reading.permalink_candidates(project) {
                must("permalink", &candidate);
            }
        }
        let name = reading.name;
        must("title", &name);
        // Appending `.md` to a folder's name would name a file that is nothing but an extension.
        let nameless = matches!(name.rsplit(['/', '\\']).next(), Some("" | "."));
        let file = (!nameless).then(|| format!("{name}.md"));
        for path in [Some(name), file]
            .into_iter()
            .flatten()
            .filter_map(|path| NotePath::from_disk(&path).ok())
        {
            must("path", path.as_str());
            alike(&path.alias_key())
                .iter()
                .for_each(|other| must("alias", other));
        }
    }
    unmet
}

#[test]
fn every_rule_of_resolution_ends_in_a_common_bucket() {
    let tokens = [
        "a",
        "B",
        "ss",
        "ß",
        "ẞ",
        "é",
        "e\u{301}",
        "µ",
        "μ",
        "ı",
        "中",
        "〪",
        "〫",
        "Ａ",
        "！",
        "½",
        "…",
        "'",
        "_",
        "-",
        " ",
        ".",
        "/",
        "\\",
        "#",
        ".md",
        ".gz",
        "::",
        "🚀",
        "豈",
        "가",
        "\u{1100}\u{1161}",
    ];
    let mut texts = vec![String::new()];
    for _ in 0..3 {
        texts = texts
            .iter()
            .flat_map(|text| {
                tokens
                    .iter()
                    .map(move |token| format!("{text}{token}"))
                    .chain([text.clone()])
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
    }
    assert!(texts.len() > 30_000);
    let mut alike: HashMap<String, Vec<String>> = HashMap::new();
    for text in &texts {
        if let Ok(path) = NotePath::from_disk(text) {
            alike
                .entry(path.alias_key())
                .or_default()
                .push(text.clone());
        }
    }
    let unmet: Vec<String> = texts
        .iter()
        .flat_map(|text| unmet(text, |key| alike.get(key).map_or(&[], Vec::as_slice)))
        .take(40)
        .collect();
    assert!(unmet.is_empty(), "{}", unmet.join("\n"));
}

proptest! {
    #[test]
    fn any_link_meets_its_notes(text in any::<String>()) {
        let unmet = unmet(&text, |_| &[]);
        prop_assert!(unmet.is_empty(), "{}", unmet.join("\n"));
    }

    #[test]
    fn likely_links_meet_their_notes(text in "(proj/|a/)?[A-Za-z0-9 _.'#/&é中ßÉ-]{1,20}(\\.md|\\.js)?") {
        let upper = [text.to_uppercase(), text.replace('-', "_")];
        let wanted = NotePath::from_disk(text.trim()).map(|path| path.alias_key()).unwrap_or_default();
        let alike: Vec<String> = upper
            .into_iter()
            .filter(|other| NotePath::from_disk(other).is_ok_and(|other| other.alias_key() == wanted))
            .collect();
        let unmet = unmet(&text, |key| if key == wanted { &alike } else { &[] });
        prop_assert!(unmet.is_empty(), "{}", unmet.join("\n"));
    }

    #[test]
    fn a_glob_agrees_with_the_plain_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        fn plain(pattern: &[u8], text: &[u8]) -> bool {
            match (pattern.first(), text.first()) {
                (None, None) => true,
                (Some(b'*'), _) => (0..=text.len()).any(|taken| plain(&pattern[1..], &text[taken..])),
                (Some(token), Some(byte)) => (*token == b'?' || token == byte) && plain(&pattern[1..], &text[1..]),
                _ => false,
            }
        }
        prop_assert_eq!(Glob::new(&pattern).matches(&text), plain(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn reading_names_is_total(text in any::<String>()) {
        let glob = Glob::new(&text);
        glob.matches(&text);
        prop_assert!(text.starts_with(glob.literal_prefix()));
        if let Ok(url) = MemoryUrl::parse(&text) {
            prop_assert_eq!(url.pattern().is_some(), url.path.contains('*'));
        }
        if let Some(canonical) = uuid(&text) {
            prop_assert_eq!(uuid(&canonical), Some(canonical.clone()));
        }
    }
}
