//! What no data file can say: invisible characters, line endings, and properties over arbitrary notes.

use cairn_note::chunk::{hashes, passages};
use cairn_note::edit::{Edit, Subsections, edit, title_from_heading};
use cairn_note::{parse, parse_with_outline};
use proptest::prelude::*;

#[test]
fn a27_nul_bytes_are_not_read_and_offsets_stay_those_of_the_text() {
    let text = "\u{feff}---\ntit\0le: A\n---\n\0# He\0ad\n\n- [fa\0ct] x\0y #t\0ag\n";
    let note = parse(text);
    assert_eq!(note.title.as_deref(), Some("A"));
    assert_eq!(note.headings[0].text, "Head");
    assert_eq!(&text[note.headings[0].range.clone()], "# He\0ad");
    assert!(text[note.body_start..].starts_with("# He\0ad"));
    assert_eq!(note.observations[0].category(), "fact");
    assert_eq!(note.observations[0].content, "xy #tag");
    assert_eq!(note.observations[0].tags, ["tag"]);
}

#[test]
fn hostile_notes_are_read_in_linear_time() {
    // Quadratic work on these would take minutes.
    let many = 200_000;
    let notes = [
        "[".repeat(many),
        "(".repeat(many),
        "[[".repeat(many),
        "> ".repeat(many),
        "- ".repeat(many),
        format!("{}x", "- ".repeat(many)),
        format!("{}a\n{}", ">".repeat(many), "a\n".repeat(many)),
        format!("- [a] x{}", "(".repeat(many)),
        "# ".repeat(many),
        "#a ".repeat(many),
        "- [[a]]\n".repeat(many),
    ];
    for text in notes {
        parse(&text);
        assert!(!passages(&text).is_empty(), "{:?} has passages", &text[..4]);
    }
}

fn replace(section: &str, content: &str) -> Edit {
    Edit::ReplaceSection {
        section: section.to_owned(),
        content: content.to_owned(),
        subsections: Subsections::Replace,
    }
}

#[test]
fn inserted_text_has_the_line_endings_of_the_note() {
    let text = "---\r\ntitle: A\r\n---\r\n## A\r\n\r\nold\r\n\r\n## B\r\n";
    let section = "## B".to_owned();
    let content = "one\ntwo".to_owned();
    let cases = [
        (
            Edit::Append {
                content: content.clone(),
            },
            format!("{text}one\r\ntwo"),
        ),
        (
            Edit::Prepend {
                content: content.clone(),
            },
            text.replace("## A", "\r\none\r\ntwo\r\n## A"),
        ),
        (
            replace("A", "one\ntwo"),
            text.replace("\r\nold", "one\r\ntwo"),
        ),
        (
            Edit::InsertBefore {
                section: section.clone(),
                content: content.clone(),
            },
            text.replace("## B", "one\r\ntwo\r\n\r\n## B"),
        ),
        (
            Edit::InsertAfter { section, content },
            format!("{text}one\r\ntwo\r\n"),
        ),
        (
            Edit::FindReplace {
                find: "## A\n\nold".to_owned(),
                replace: "## A\n\nnew".to_owned(),
                expected: 1,
            },
            text.replace("old", "new"),
        ),
        (
            Edit::FindReplace {
                find: "old\r\n".to_owned(),
                replace: "new\n".to_owned(),
                expected: 1,
            },
            text.replace("old\r\n", "new\n"),
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(edit(text, &change), Ok(expected), "for {change:?}");
    }
}

#[test]
fn a_missing_final_newline_is_no_obstacle() {
    let append = Edit::Append {
        content: "b".to_owned(),
    };
    assert_eq!(edit("a", &append).as_deref(), Ok("a\nb"));
    assert_eq!(edit("", &append).as_deref(), Ok("b"));
    let after = Edit::InsertAfter {
        section: "A".to_owned(),
        content: "b".to_owned(),
    };
    assert_eq!(edit("## A", &after).as_deref(), Ok("## A\nb"));
    assert_eq!(edit("## A", &replace("A", "b\n")).as_deref(), Ok("## A\nb"));
    assert_eq!(
        edit("## A\nold", &replace("A", "b\n")).as_deref(),
        Ok("## A\nb")
    );
    let prepend = Edit::Prepend {
        content: "b".to_owned(),
    };
    assert_eq!(
        edit("---\ntitle: A\n---", &prepend).as_deref(),
        Ok("---\ntitle: A\n---\n\nb\n")
    );
    assert_eq!(
        edit("\u{feff}a", &prepend).as_deref(),
        Ok("\u{feff}b\na"),
        "the byte order mark stays first"
    );
}

#[test]
fn edits_are_checked_without_a_text() {
    let blank = Edit::FindReplace {
        find: " ".to_owned(),
        replace: String::new(),
        expected: 1,
    };
    assert!(blank.check().is_err());
    assert!(replace("", "x").check().is_err());
    assert!(replace("A", "x").check().is_ok());
}

#[test]
fn a34_the_title_follows_the_first_heading() {
    let note = |title: &str, heading: &str| format!("---\ntitle: {title}\n---\n\n{heading}\n");
    let cases = [
        (
            note("Tea", "# Tea"),
            note("Tea", "# Coffee"),
            Some("Coffee"),
        ),
        (
            note("Tea", "# Tea #"),
            note("Tea", "# Coffee #"),
            Some("Coffee"),
        ),
        (note("Tea", "# Other"), note("Tea", "# Coffee"), None),
        (note("Tea", "# Tea"), note("Tea", "# Tea"), None),
        (note("Tea", "# Tea"), note("Maté", "# Coffee"), None),
        (note("Tea", "# Tea"), note("Tea", "text"), None),
        (note("Tea", "## Tea"), note("Tea", "## Coffee"), None),
        (
            note("Tea", "```\n# Code\n```\n# Tea"),
            note("Tea", "```\n# Code\n```\n# Coffee"),
            Some("Coffee"),
        ),
        ("# Tea\n".to_owned(), "# Coffee\n".to_owned(), None),
    ];
    for (before, after, expected) in cases {
        assert_eq!(
            title_from_heading(&before, &after).as_deref(),
            expected,
            "for {before:?}"
        );
    }
}

/// Notes made of the pieces the grammar cares about, in any order, and now and then of anything.
fn note_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "    ",
        "\t",
        "- ",
        "* ",
        "1. ",
        "> ",
        "# ",
        "## ",
        "###### ",
        "===\n",
        "---\n",
        "```\n",
        "~~~\n",
        "[",
        "]",
        "[[",
        "]]",
        "(",
        ")",
        "#",
        "#tag",
        "[cat] ",
        "[[A]]",
        "rel [[B]] (c)",
        "::",
        "|",
        "`",
        "\\",
        "<b>",
        "<!--",
        "-->",
        "<div>\n",
        "word ",
        "a sentence. ",
        "中文。",
        "ไทย",
        "é",
        "🍵",
        "\u{feff}",
        "\0",
        "\u{a0}",
        "\u{1c}",
        "title: x\n",
        "key: [\n",
        "[ref]: /url\n",
        "&amp;",
        "*",
        "_",
    ]);
    let piece = prop_oneof![
        8 => pieces.prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => (1_usize..120).prop_map(|count| "word ".repeat(count)),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// White space as Python has it, the four separators included.
fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
}

const HEADINGS: [&str; 3] = ["## A", "# B", "### C"];

/// A note with sections, each of [`HEADINGS`] once.
fn sections() -> impl Strategy<Value = Vec<(usize, String)>> {
    let body = prop::collection::vec(
        prop::sample::select(vec![
            "text\n",
            "\n",
            "```\n## A\n```\n",
            "    # B\n",
            "é\n",
            "- x\n",
        ]),
        0..5,
    );
    (
        Just(vec![0, 1, 2]).prop_shuffle(),
        prop::collection::vec(body, 3),
    )
        .prop_map(|(order, bodies)| {
            let bodies = bodies.into_iter().map(|lines| lines.concat());
            order.into_iter().zip(bodies).collect()
        })
}

fn joined(sections: &[(usize, String)]) -> String {
    sections
        .iter()
        .map(|(heading, body)| format!("{}\n{body}", HEADINGS[*heading]))
        .collect()
}

proptest! {
    #[test]
    fn parsing_never_fails_and_its_ranges_are_those_of_lines(text in note_text()) {
        let note = parse(&text);
        prop_assert!(text.is_char_boundary(note.body_start));
        let mut end = note.body_start;
        for heading in &note.headings {
            prop_assert!(end <= heading.range.start, "headings ascend");
            end = heading.range.end;
            let line = text.get(heading.range.clone());
            prop_assert!(line.is_some(), "a range lies on characters");
            prop_assert!((1..=6).contains(&heading.level));
            prop_assert!(!heading.text.contains(['\n', '\r']));
        }
        for observation in &note.observations {
            prop_assert!(!observation.content.trim().is_empty());
        }
        for (index, relation) in note.relations.iter().enumerate() {
            prop_assert!(!relation.target.trim().is_empty());
            let twins = note.relations[..index].iter().filter(|other| {
                other.relation_type == relation.relation_type && other.target == relation.target
            });
            prop_assert_eq!(twins.count(), 0);
        }
    }

    #[test]
    fn every_edit_of_any_text_answers(text in note_text(), content in note_text(), section in note_text()) {
        let edits = [
            Edit::Append { content: content.clone() },
            Edit::Prepend { content: content.clone() },
            Edit::FindReplace { find: section.clone(), replace: content.clone(), expected: 1 },
            replace(&section, &content),
            Edit::InsertBefore { section: section.clone(), content: content.clone() },
            Edit::InsertAfter { section, content },
        ];
        for change in edits {
            let checked = change.check();
            let edited = edit(&text, &change);
            if checked.is_err() {
                prop_assert!(edited.is_err());
            } else if let (Ok(edited), Edit::Append { .. }) = (&edited, &change) {
                prop_assert!(edited.starts_with(&text));
            } else if let (Ok(edited), Edit::Prepend { .. }) = (&edited, &change) {
                let common = edited.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
                prop_assert!(
                    (0..=common).any(|at| edited.as_bytes().ends_with(&text.as_bytes()[at..])),
                    "prepending only inserts"
                );
            }
        }
    }

    #[test]
    fn a_section_edit_touches_only_its_section(
        sections in sections(), which in 0..3_usize, keep in any::<bool>(),
    ) {
        let text = joined(&sections);
        let (heading, body) = &sections[which];
        let before = joined(&sections[..which]);
        let level = |heading: usize| HEADINGS[heading].find(' ');
        let next = (which + 1..3).find(|next| keep || level(sections[*next].0) <= level(*heading));
        let after = next.map_or(String::new(), |next| joined(&sections[next..]));
        let header = format!("{before}{}\n", HEADINGS[*heading]);
        let change = Edit::ReplaceSection {
            section: HEADINGS[*heading].to_owned(),
            content: "new".to_owned(),
            subsections: if keep { Subsections::Keep } else { Subsections::Replace },
        };
        let edited = edit(&text, &change).expect("the section is there once");
        let gap = if after.is_empty() { "" } else { "\n" };
        prop_assert_eq!(edited, format!("{header}new\n{gap}{after}"));

        let section = HEADINGS[*heading].to_owned();
        let change = Edit::InsertAfter { section: section.clone(), content: "new\n".to_owned() };
        let edited = edit(&text, &change).expect("the section is there once");
        let rest = format!("{body}{}", joined(&sections[which + 1..]));
        let gap = if rest.is_empty() || rest.starts_with('\n') { "" } else { "\n" };
        prop_assert_eq!(edited, format!("{header}new\n{gap}{rest}"));

        let change = Edit::InsertBefore { section, content: "new\n".to_owned() };
        let edited = edit(&text, &change).expect("the section is there once");
        let gap = if before.is_empty() || before.ends_with("\n\n") { "" } else { "\n" };
        prop_assert_eq!(edited, format!("{before}{gap}new\n\n{}", joined(&sections[which..])));
    }

    #[test]
    fn passages_hold_the_whole_body_once(text in note_text()) {
        let passages = passages(&text);
        let (note, outline) = parse_with_outline(&text);
        prop_assert_eq!(&note, &parse(&text));
        let hashed = hashes(&note, &outline, "Title", &text).into_iter();
        let ranges: Vec<_> = passages.iter().map(|passage| passage.range.clone()).collect();
        prop_assert_eq!(hashed.map(|(_, range)| range).collect::<Vec<_>>(), ranges);
        let mut end = note.body_start;
        for passage in &passages {
            prop_assert!(end <= passage.range.start, "passages ascend");
            prop_assert!(passage.range.start < passage.range.end, "none is empty");
            let gap = text.get(end..passage.range.start).expect("ranges lie on characters");
            prop_assert!(is_blank(gap), "{:?} is left out", gap);
            prop_assert!(text.get(passage.range.clone()).is_some(), "ranges lie on characters");
            end = passage.range.end;
        }
        let rest = text.get(end..).expect("ranges lie on characters");
        prop_assert!(is_blank(rest), "{:?} is left out", rest);
    }

    #[test]
    fn a_passage_keeps_its_hash_when_another_changes(head in "[0-9]{1,8}", words in 60_usize..90) {
        let body = format!("# One\n\n{}\n\n# Two\n\n{}\n", "first ".repeat(words), "second ".repeat(words));
        let edited = body.replacen("first", &head, 1);
        let cut = |text: &str| {
            let (note, outline) = parse_with_outline(text);
            hashes(&note, &outline, "Two", text)
        };
        let (before, after) = (cut(&body), cut(&edited));
        prop_assert_eq!(before.len(), 2);
        prop_assert_eq!(before[1].0, after[1].0);
        prop_assert_ne!(before[0].0, after[0].0);
    }
}
