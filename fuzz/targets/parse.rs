//! Any bytes are a note, and what is said about places in it is true.
#![no_main]

use cairn_note::edit::{Edit, Subsections, edit};
use cairn_note::{chunk, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let note = parse(&text);
    assert!(text.is_char_boundary(note.body_start));
    let mut end = 0;
    for heading in &note.headings {
        assert!((1..=6).contains(&heading.level));
        assert!(heading.range.start >= end && text.get(heading.range.clone()).is_some());
        end = heading.range.end;
    }
    chunk::passages(&text);
    let section = note
        .headings
        .first()
        .map_or("Notes", |heading| heading.text.as_str())
        .to_owned();
    let content = "content".to_owned();
    for change in [
        Edit::Append {
            content: content.clone(),
        },
        Edit::Prepend {
            content: content.clone(),
        },
        Edit::ReplaceSection {
            section: section.clone(),
            content: content.clone(),
            subsections: Subsections::Keep,
        },
        Edit::InsertBefore {
            section: section.clone(),
            content: content.clone(),
        },
        Edit::InsertAfter { section, content },
    ] {
        if let Ok(changed) = edit(&text, &change) {
            assert!(changed.contains("content"));
        }
    }
});
