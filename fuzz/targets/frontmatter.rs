//! Setting or removing a key changes that key and nothing else.
//!
//! Input: a key and a value, each ended by a NUL, and the text.
#![no_main]

use cairn_note::frontmatter::{normalise, read, remove, set};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, '\0');
    let (Some(key), Some(value), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    let before = read(text);
    if let Ok(edited) = set(text, key, &value) {
        let after = read(&edited);
        assert_eq!(
            after.metadata.get(key),
            Some(&normalise(&value)),
            "{edited:?}"
        );
        same_elsewhere(text, &edited, key);
        assert_eq!(set(&edited, key, &value).as_deref(), Ok(edited.as_str()));
    }
    if let Ok(edited) = remove(text, key) {
        assert!(!read(&edited).metadata.contains_key(key), "{edited:?}");
        same_elsewhere(text, &edited, key);
        if !before.metadata.contains_key(key) {
            assert_eq!(edited, text);
        }
    }
});

fn same_elsewhere(text: &str, edited: &str, key: &str) {
    let (before, after) = (read(text), read(edited));
    let others = |metadata: &cairn_note::Metadata| {
        let mut metadata = metadata.clone();
        metadata.shift_remove(key);
        metadata
    };
    assert_eq!(
        others(&before.metadata),
        others(&after.metadata),
        "{edited:?}"
    );
    let body = text[before.body_start..].trim_start_matches('\u{feff}');
    assert!(edited.ends_with(body), "{edited:?}");
}
