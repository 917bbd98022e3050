//! Setting and removing one key, and nothing else.

use cairn_note::frontmatter::{self, FrontmatterError, body, compose, has, read, remove, set};
use serde_json::{Value, json};

/// Each case: `=== key: JSON value` (or `=== key` to remove it), the text, `=>`, the text wanted.
const CASES: &str = include_str!("data/frontmatter/edit.txt");

#[test]
fn edits_change_the_lines_of_their_key_only() {
    let mut count = 0;
    for case in CASES.split("=== ").skip(1) {
        let (header, texts) = case.split_once('\n').expect("a header line");
        let (before, after) = texts.split_once("=>\n").expect("an arrow");
        let (key, value) = header
            .split_once(": ")
            .map_or((header, None), |(key, value)| (key, Some(value)));
        for ending in ["\n", "\r\n"] {
            let [before, after] = [before, after].map(|text| text.replace('\n', ending));
            let edited = match value {
                Some(value) => set(
                    &before,
                    key,
                    &serde_json::from_str(value).expect("the header holds JSON"),
                ),
                None => remove(&before, key),
            };
            assert_eq!(edited, Ok(after), "{header}\n{before}");
        }
        count += 1;
    }
    assert!(count > 30, "the cases are cut short");
}

#[test]
fn the_mark_and_a_missing_last_line_end_stay() {
    assert_eq!(
        set("\u{feff}---\na: 1\n---", "a", &json!(2)),
        Ok("\u{feff}---\na: 2\n---".to_owned())
    );
    assert_eq!(
        set("\u{feff}Body", "a", &json!(2)),
        Ok("\u{feff}---\na: 2\n---\n\nBody".to_owned())
    );
    assert_eq!(
        set("Body\r\n", "a", &json!([1])),
        Ok("---\r\na:\r\n- 1\r\n---\r\n\r\nBody\r\n".to_owned())
    );
    assert_eq!(set("", "a", &json!(2)), Ok("---\na: 2\n---\n".to_owned()));
    assert_eq!(
        set("---\na: \0b\nc: d\0\n---\n\0x", "c", &json!("e")),
        Ok("---\na: \0b\nc: e\n---\n\0x".to_owned())
    );
}

#[test]
fn what_cannot_be_edited_is_said() {
    let malformed =
        set("---\n\ntitle: a: b\n---\n", "x", &json!(1)).expect_err("the YAML is malformed");
    assert_eq!(
        malformed.to_string(),
        "the frontmatter is not valid YAML: line 3: mapping values are not allowed in this context"
    );
    assert_eq!(
        set("---\n- a\n---\n", "x", &json!(1)),
        Err(FrontmatterError::NotAMap)
    );
    assert_eq!(
        set("---\ntext\n---\n", "x", &json!(1)),
        Err(FrontmatterError::NotAMap)
    );
    let anchored = "---\na: &x 1\nb: *x\n---\n";
    assert_eq!(
        set(anchored, "a", &json!(2)),
        Err(FrontmatterError::Entangled("a".to_owned()))
    );
    assert_eq!(
        remove(anchored, "a"),
        Err(FrontmatterError::Entangled("a".to_owned()))
    );
    assert_eq!(body("---\na: 1\n"), Err(FrontmatterError::Unclosed));
}

#[test]
fn a_value_that_is_there_changes_nothing() {
    let text = "---\na: yes # sure\nb: [1, 2]\nc: 2024-01-01\nd:\n---\n";
    for (key, value) in [
        ("a", json!(true)),
        ("a", json!("True")),
        ("b", json!([1, "2"])),
        ("c", json!("2024-01-01")),
        ("d", json!(null)),
    ] {
        assert_eq!(set(text, key, &value).as_deref(), Ok(text));
    }
    assert_eq!(remove(text, "z").as_deref(), Ok(text));
    assert_eq!(remove("Body", "z").as_deref(), Ok("Body"));
}

#[test]
fn the_body_is_byte_exact() {
    assert!(has("---\na: 1\n---\n\n  Body\r\n"));
    assert_eq!(body("---\na: 1\n---\n\n  Body\r\n"), Ok("\n  Body\r\n"));
    assert_eq!(body("no block"), Ok("no block"));
    assert!(!has("---\na: 1\n"));
    assert!(!has("---\\na: 1\\n---\\nBody"));
}

#[test]
fn composing_quotes_what_would_be_another_type() {
    let Value::Object(metadata) = json!({
        "title": "API: HTTP", "type": "note", "tags": ["a", "#b"], "done": true, "flag": "true", "n": 5, "s": "5",
        "date": "2024-01-01", "empty": "", "none": null
    }) else {
        panic!("the literal is an object");
    };
    let head = "---\ntitle: 'API: HTTP'\ntype: note\ntags:\n- a\n- '#b'\ndone: true\nflag: 'true'\nn: 5\ns: '5'\n\
                date: '2024-01-01'\nempty: ''\nnone: null\n---\n";
    assert_eq!(compose(&metadata, "Body"), format!("{head}\nBody"));
    assert_eq!(compose(&metadata, ""), head);
    assert_eq!(compose(&serde_json::Map::new(), "Body"), "Body");
}

#[test]
fn oddities_are_warned_of() {
    let messages = |text: &str| {
        read(text)
            .warnings
            .into_iter()
            .map(|warning| warning.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        messages("---\na: 1\na: 2\nyes: 3\n---\n"),
        [
            "the key 'a' is given more than once, and the last value counts",
            "the key 'yes' is not a text and is read as 'True'"
        ]
    );
    assert_eq!(
        messages("\n---\na: 1\nb: [\n---\n"),
        [
            "the frontmatter is not valid YAML (line 5: while parsing a node, did not find expected node content), \
          so all of the file is read as plain text"
        ]
    );
    assert_eq!(messages("---\na: 1\n---\n"), [""; 0]);
}

#[test]
fn bombs_do_not_go_off() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
    }
    let deep = |open: &str, count: usize| format!("a: {}\n", open.repeat(count));
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(10_000),
        vec!["*a"; 10_000].join(", ")
    );
    for yaml in [
        laughs,
        deep("[", 100_000),
        deep("{a: ", 100_000),
        format!("{}x\n", "- ".repeat(100_000)),
        long,
        "a: &a [*a]\n".to_owned(),
    ] {
        let read = read(&format!("---\n{yaml}---\nBody"));
        assert_eq!(
            (read.metadata.len(), read.body_start, read.warnings.len()),
            (0, 0, 1)
        );
    }
    let nested = format!("---\na: {}{}\n---\n", "[".repeat(90), "]".repeat(90));
    assert_eq!(read(&nested).warnings, []);
    assert_eq!(
        frontmatter::normalise(&json!([1.0, true, null])),
        json!(["1.0", "True", null])
    );
}
