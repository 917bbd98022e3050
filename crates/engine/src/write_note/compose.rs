//! The text of a note that is written: old frontmatter, the content's, the request's, and the body.
//!
//! Not which of them is right about the permalink; that is given. Invariant: the lines of a key nobody changes are
//! kept byte for byte, unless the old block is of a shape that allows no such edit, and then its values are.

use super::{is_identity, set_all};
use cairn_note::frontmatter::{self, FrontmatterError};
use cairn_note::{Metadata, tags};
use serde_json::Value;

/// The content of a request, its frontmatter apart.
pub(super) struct Content<'a> {
    /// The lines between the fences without those of title, type and permalink.
    lines: String,
    metadata: Metadata,
    body: &'a str,
}

/// What a note is called.
pub(super) struct Identity<'a> {
    pub(super) title: &'a str,
    /// Empty for the default.
    pub(super) note_type: &'a str,
    pub(super) permalink: &'a str,
}

/// The type of a note that names none.
const DEFAULT_TYPE: &str = "note";

impl<'a> Content<'a> {
    /// Takes the content apart. The body is trimmed when a frontmatter stood before it, else kept as it is.
    ///
    /// # Errors
    /// When it begins with a block that is no valid frontmatter.
    pub(super) fn read(text: &'a str) -> Result<Self, FrontmatterError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rest = text.to_owned();
        for key in ["title", "type", "permalink"] {
            rest = frontmatter::remove(&rest, key)?;
        }
        let block = frontmatter::read(text);
        if block.body_start == 0 {
            return Ok(Self {
                lines: String::new(),
                metadata: Metadata::new(),
                body: text,
            });
        }
        Ok(Self {
            lines: inner_lines(&rest).to_owned(),
            metadata: block.metadata,
            body: text[block.body_start..].trim(),
        })
    }

    /// Returns the type the content declares.
    pub(super) fn note_type(&self) -> Option<&str> {
        self.text("type")
    }

    /// Returns the permalink the content declares.
    pub(super) fn permalink(&self) -> Option<&str> {
        self.text("permalink")
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.metadata
            .get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }
}

/// Composes the text of a note, replacing `old` if there is one.
pub(super) fn compose(
    old: Option<&str>,
    content: &Content<'_>,
    identity: &Identity<'_>,
    tags: &[String],
    metadata: &Metadata,
) -> String {
    let old = old.unwrap_or_default();
    let mut overrides = metadata.clone();
    let tags = tags::parse(&Value::from(tags.to_vec()));
    if !tags.is_empty() {
        overrides.insert("tags".to_owned(), Value::from(tags));
    }
    let expected = merged(
        frontmatter::read(old).metadata,
        content,
        identity,
        &overrides,
    );
    let block = spliced(old, content, identity, &overrides)
        .ok()
        .filter(|block| frontmatter::read(block).metadata == expected)
        .unwrap_or_else(|| frontmatter::compose(&expected, ""));
    let ending = match (content.body.is_empty(), content.body.contains("\r\n")) {
        (true, _) if old.contains("\r\n") => "\r\n",
        (false, true) => "\r\n",
        _ => "\n",
    };
    let block = with_line_endings(&block, ending);
    if content.body.is_empty() {
        block
    } else {
        format!("{block}{ending}{}", content.body)
    }
}

/// The frontmatter a text must have: old, content, request, each winning over the one before.
fn merged(
    old: Metadata,
    content: &Content<'_>,
    identity: &Identity<'_>,
    overrides: &Metadata,
) -> Metadata {
    let mut merged = Metadata::new();
    // The order of a new note; an old one keeps its own.
    for key in ["title", "type", "permalink"]
        .into_iter()
        .filter(|key| !old.contains_key(*key))
    {
        merged.insert(key.to_owned(), Value::Null);
    }
    merged.extend(old);
    let others = |metadata: &Metadata| -> Metadata {
        metadata
            .iter()
            .filter(|(key, _)| !is_identity(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    merged.extend(others(&content.metadata));
    merged.extend(identity_map(identity));
    for (key, value) in others(overrides) {
        if value.is_null() {
            merged.shift_remove(&key);
        } else {
            merged.insert(key, frontmatter::normalise(&value));
        }
    }
    merged
}

fn identity_map(identity: &Identity<'_>) -> Metadata {
    let note_type = if identity.note_type.is_empty() {
        DEFAULT_TYPE
    } else {
        identity.note_type
    };
    [
        ("title", identity.title),
        ("type", note_type),
        ("permalink", identity.permalink),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), Value::from(value)))
    .collect()
}

/// Puts the lines of the old block and of the content's into one, and sets what the request says.
fn spliced(
    old: &str,
    content: &Content<'_>,
    identity: &Identity<'_>,
    overrides: &Metadata,
) -> Result<String, FrontmatterError> {
    let had = frontmatter::read(old).metadata;
    let mut kept = old.to_owned();
    for key in content.metadata.keys().filter(|key| !is_identity(key)) {
        kept = frontmatter::remove(&kept, key)?;
    }
    let mut identity = identity_map(identity);
    let new: Metadata = identity
        .iter()
        .filter(|(key, _)| !had.contains_key(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    identity.retain(|key, _| had.contains_key(key));
    let head = frontmatter::compose(&new, "");
    let mut text = format!(
        "---\n{}{}{}---\n",
        inner_lines(&head),
        inner_lines(&kept),
        content.lines
    );
    for (key, value) in &identity {
        text = frontmatter::set(&text, key, value)?;
    }
    set_all(&text, overrides)
}

/// The lines between the fences, empty without a block.
fn inner_lines(text: &str) -> &str {
    let block = &text[..frontmatter::read(text).body_start];
    let block = block.trim_start_matches('\u{feff}').trim_start();
    let Some((_, inner)) = block.split_once('\n') else {
        return "";
    };
    // The last line is the closing fence.
    let inner_end = inner.trim_end().rfind('\n').map_or(0, |at| at + 1);
    &inner[..inner_end]
}

fn with_line_endings(text: &str, ending: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if ending == "\n" {
        text
    } else {
        text.replace('\n', ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(old: Option<&str>, content: &str, tags: &[&str], metadata: &Value) -> String {
        let content = Content::read(content).expect("the content's frontmatter is valid");
        let identity = Identity {
            title: "API: HTTP",
            note_type: content.note_type().unwrap_or_default(),
            permalink: content.permalink().unwrap_or("main/api-http"),
        };
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let metadata = metadata.as_object().cloned().unwrap_or_default();
        compose(old, &content, &identity, &tags, &metadata)
    }

    #[test]
    fn a_new_note_has_its_identity_first_and_its_body_as_given() {
        assert_eq!(
            composed(
                None,
                "# Hi\n\n",
                &["#a", "b,c"],
                &serde_json::json!({"status": "open", "type": "x", "gone": null})
            ),
            "---\ntitle: 'API: HTTP'\ntype: note\npermalink: main/api-http\nstatus: open\ntags:\n- a\n- b\n- c\n---\n\n# Hi\n\n"
        );
        assert_eq!(
            composed(None, "", &[], &Value::Null),
            "---\ntitle: 'API: HTTP'\ntype: note\npermalink: main/api-http\n---\n"
        );
    }

    #[test]
    fn the_contents_frontmatter_keeps_its_spelling_and_loses_its_title() {
        let content = "---\ntitle: Other\ntype: guide\ndraft: true   # not yet\npermalink: my/own\ndate: 2025-01-01\n---\n\n  Body\n\n";
        assert_eq!(
            composed(None, content, &[], &serde_json::json!({"date": "2026"})),
            "---\ntitle: 'API: HTTP'\ntype: guide\npermalink: my/own\ndraft: true   # not yet\ndate: '2026'\n---\n\nBody"
        );
    }

    #[test]
    fn a_replacement_keeps_keys_nobody_mentions_byte_for_byte() {
        let old = "---\n# mine\ntitle: Old\ntype: note\nkept: [a,  b] # why\ntags: [x]\npermalink: main/api-http\n---\nOld body\n";
        assert_eq!(
            composed(
                Some(old),
                "---\ntags: [y]\nnew: 1\n---\nNew",
                &[],
                &Value::Null
            ),
            "---\n# mine\ntitle: 'API: HTTP'\ntype: note\nkept: [a,  b] # why\npermalink: main/api-http\ntags: [y]\nnew: 1\n---\n\nNew"
        );
    }

    #[test]
    fn frontmatter_that_cannot_be_read_is_replaced() {
        let text = composed(
            Some("---\ntitle: a: b\nx: [\n---\nOld"),
            "New",
            &[],
            &Value::Null,
        );
        assert_eq!(
            text,
            "---\ntitle: 'API: HTTP'\ntype: note\npermalink: main/api-http\n---\n\nNew"
        );
    }

    #[test]
    fn a_block_in_braces_keeps_its_values() {
        let text = composed(
            Some("---\n{title: Old, kept: yes}\n---\nOld"),
            "---\nnew: 1\n---\nNew",
            &[],
            &Value::Null,
        );
        let block = frontmatter::read(&text);
        assert_eq!(block.metadata.get("kept"), Some(&Value::from("True")));
        assert_eq!(block.metadata.get("new"), Some(&Value::from("1")));
        assert_eq!(block.metadata.get("title"), Some(&Value::from("API: HTTP")));
        assert!(text.ends_with("---\n\nNew"), "{text}");
    }

    #[test]
    fn a_crlf_body_has_a_crlf_frontmatter() {
        let text = composed(None, "a\r\nb\r\n", &["t"], &Value::Null);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.ends_with("---\r\n\r\na\r\nb\r\n"));
    }

    #[test]
    fn a_contents_block_that_is_no_frontmatter_is_refused() {
        for content in ["---\na: b: c\n---\nx", "---\n- list\n---\nx"] {
            assert!(Content::read(content).is_err(), "{content:?}");
        }
        for content in [
            "---\nnot closed\n",
            "text\n---\na: 1\n---\n",
            "\u{feff}plain",
        ] {
            assert!(
                Content::read(content).is_ok_and(|content| content.metadata.is_empty()),
                "{content:?}"
            );
        }
    }
}
