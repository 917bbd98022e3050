//! What holds for every text: reading is total, writing reads back, and an edit stays on its key's lines.

use cairn_note::frontmatter::{compose, normalise, read, remove, set};
use cairn_note::{Metadata, tags};
use proptest::prelude::*;
use serde_json::Value;

/// Text in which YAML's own characters are frequent.
fn noise() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "---\n", "---\r\n", "----\n", "\n", "\r\n", "\r", " ", "  ", "\t", ": ", ":", "- ", "-", "? ", "?", "[", "]", "{", "}", ",", ", ",
            "#", " #", "&a ", "*a", "!", "!!str ", "!x ", "|", "|\n", ">-\n", "'", "''", "\"", "\\", "\\n", "<<", "<<: ", "~", "%", "@", "`",
            "a", "b", "title", "true", "1", "2024-01-01", "1:30", ".5", "\0", "\u{feff}", "\u{85}", "\u{2028}", "é", "🚀", "...", "...\n", "=",
        ]).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        noise().prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
        "\\PC{0,10}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z_]{1,8}", 1 => "[ -~]{0,12}", 1 => "\\PC{1,6}"]
}

/// One entry as a person may write it, for the key `k{number}`.
fn entry() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        ": x",
        ": x # why",
        ":",
        ": # why",
        ": 'it''s' # why",
        ": \"a\\tb\"",
        ": [a, 'b, c'] # why",
        ": {a: 1, b: [2]}",
        ":\n- a\n- b # why",
        ":\n  - a\n\n  - b",
        ": # why\n  a: 1\n  b:\n    - c",
        ": |\n  one\n\n  # two",
        ": >- # why\n  one\n  two",
        ": one\n  two",
        ": 'one\n\n  two' # why",
        ": [\n  a,\n  b # why\n  ]",
        ": 2024-01-01",
        " : x",
    ])
}

fn block() -> impl Strategy<Value = (Vec<String>, &'static str)> {
    let filler = prop::sample::select(vec!["", "# a comment\n", "\n", "\n# one\n\n"]);
    let entries = prop::collection::vec((entry(), filler), 1..6);
    (entries, prop::sample::select(vec!["\n", "\r\n"])).prop_map(|(entries, ending)| {
        let text = |(number, (entry, filler)): (usize, (&str, &str))| {
            format!("{filler}k{number}{entry}\n").replace('\n', ending)
        };
        (entries.into_iter().enumerate().map(text).collect(), ending)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn reading_is_total(text in prop_oneof![noise(), noise().prop_map(|text| format!("---\n{text}\n---\nBody")), any::<String>()]) {
        let found = read(&text);
        prop_assert!(text.is_char_boundary(found.body_start));
        prop_assert!(found.warnings.len() < text.len().max(1));
    }

    #[test]
    fn what_is_composed_reads_back(pairs in prop::collection::vec((key(), value()), 1..5), body in noise()) {
        let metadata: Metadata = pairs.into_iter().collect();
        let text = compose(&metadata, &body);
        let found = read(&text);
        prop_assert_eq!(Value::Object(found.metadata), normalise(&Value::Object(metadata)), "{}", &text);
        prop_assert!(text[found.body_start..].ends_with(&body));
    }

    #[test]
    fn setting_any_key_of_any_text_keeps_the_rest(text in noise(), key in key(), value in value()) {
        let text = format!("---\n{text}\n---\nBody");
        if let Ok(edited) = set(&text, &key, &value) {
            let (mut before, mut after) = (read(&text), read(&edited));
            prop_assert_eq!(after.metadata.shift_remove(&key), Some(normalise(&value)));
            before.metadata.shift_remove(&key);
            prop_assert_eq!(after.metadata, before.metadata);
            prop_assert!(edited.ends_with("\n---\nBody"));
        }
    }

    #[test]
    fn setting_changes_no_line_of_another_key((entries, ending) in block(), at in 0..6_usize, value in value()) {
        let text = format!("---{ending}{}---{ending}Body", entries.concat());
        let at = at.min(entries.len());
        let edited = set(&text, &format!("k{at}"), &value);
        let edited = edited.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let head = format!("---{ending}{}", entries[..at].concat());
        let tail = format!("{}---{ending}Body", entries.get(at + 1..).unwrap_or_default().concat());
        // The blank and comment lines before the key's line belong to its entry here, and to no key.
        let filler = entries.get(at).map_or("", |entry| &entry[..entry.find(&format!("k{at}")).unwrap_or(0)]);
        prop_assert!(edited.starts_with(&(head + filler)), "{}\n{}", text, edited);
        prop_assert!(edited.ends_with(&tail), "{}\n{}", text, edited);
        prop_assert_eq!(edited.contains("\r\n"), ending == "\r\n");
        let removed = remove(&edited, &format!("k{at}")).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(removed.ends_with(&tail));
        prop_assert!(removed.len() < edited.len());
    }

    #[test]
    fn tags_are_clean(value in value()) {
        for tag in tags::parse(&value) {
            prop_assert!(!tag.is_empty() && !tag.starts_with('#') && tag.trim() == tag && !tag.contains(','), "{:?}", tag);
        }
    }
}
