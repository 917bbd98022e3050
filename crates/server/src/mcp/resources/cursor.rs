//! Where a page of resources ended.
//!
//! Opaque to clients, and nothing secret. Invariant: going on from a cursor skips nothing that stays, whatever came or
//! went meanwhile.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cairn_note::NotePath;

/// Where a page ended: a project, and a path in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cursor(Option<(i64, Option<NotePath>)>);

impl Cursor {
    /// Returns the cursor after a path of a project.
    pub(super) fn at(project: i64, path: Option<NotePath>) -> Self {
        Self(Some((project, path)))
    }

    /// Whether nothing was listed yet.
    pub(super) fn is_first(&self) -> bool {
        self.0.is_none()
    }

    /// Returns after which path of a project to go on; `None` when the project is done. Projects are listed by number.
    pub(super) fn after(&self, project: i64) -> Option<Option<&NotePath>> {
        match &self.0 {
            Some((at, _)) if project < *at => None,
            Some((at, path)) if project == *at => Some(path.as_ref()),
            _ => Some(None),
        }
    }

    /// Returns the cursor as clients keep it.
    pub(super) fn text(&self) -> String {
        let (project, path) = match &self.0 {
            Some((project, path)) => (*project, path.as_ref().map_or("", NotePath::as_str)),
            None => (0, ""),
        };
        BASE64_URL_SAFE_NO_PAD.encode(format!("{project}\n{path}"))
    }

    /// Reads a cursor; `None` when it is none of ours.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (project, path) = text.split_once('\n')?;
        let path = match path {
            "" => None,
            path => Some(NotePath::from_disk(path).ok()?),
        };
        Some(Self::at(project.parse().ok()?, path))
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use cairn_note::NotePath;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let path = NotePath::from_disk("a b/部.md").expect("a path");
        for cursor in [Cursor::at(-7, Some(path)), Cursor::at(3, None)] {
            assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
        }
        for text in ["", "nonsense", "!!", "MQ", "eAph"] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }
}
