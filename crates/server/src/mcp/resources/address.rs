//! `memory://` URIs as addresses of resources.
//!
//! It looks nothing up. Invariant: [`decoded`] undoes what [`uri`] encodes.

use cairn_note::permalink;
use std::fmt::Write as _;

/// Where a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The project's name or slug.
    pub(crate) project: String,
    /// A permalink, path or id inside it; `None` for what is known of the project as a whole.
    pub(crate) local: Option<String>,
}

/// The name of what is known of a project.
const INFO: &str = "info";
/// The word other servers put before a project that is on this machine.
const LOCAL: &str = "local";

impl Address {
    /// Returns what a URI may mean, the likeliest first: percent-encoded, as it should be, or as people type it.
    pub(crate) fn readings(uri: &str) -> Vec<Self> {
        let Some(rest) = uri.strip_prefix("memory://") else {
            return Vec::new();
        };
        let mut readings: Vec<Self> = Vec::new();
        for text in [decoded(rest), rest.to_owned()] {
            for reading in [Self::of_local(&text), Self::of(&text)] {
                readings.extend(reading.filter(|reading| !readings.contains(reading)));
            }
        }
        readings
    }

    fn of(text: &str) -> Option<Self> {
        let (project, local) = text.split_once('/')?;
        (!project.is_empty()).then(|| Self {
            project: project.to_owned(),
            local: (local != INFO).then(|| local.to_owned()),
        })
    }

    fn of_local(text: &str) -> Option<Self> {
        let project = text
            .strip_prefix(LOCAL)?
            .strip_prefix('/')?
            .strip_suffix(INFO)?
            .strip_suffix('/')?;
        (!project.is_empty() && !project.contains('/')).then(|| Self {
            project: project.to_owned(),
            local: None,
        })
    }
}

/// Whether something else has the URI that an address would get.
pub(super) fn is_taken(slug: &str, local: &str) -> bool {
    local == INFO || Address::of_local(&format!("{slug}/{local}")).is_some()
}

/// Returns what a project is called in a URI: its slug, or its name where nothing is left of that.
pub(super) fn named(project: &str) -> String {
    Some(permalink::slug(project))
        .filter(|slug| !slug.is_empty())
        .unwrap_or_else(|| project.to_owned())
}

/// Returns the URI of an address.
pub(super) fn uri(project: &str, local: &str) -> String {
    let mut uri = format!("memory://{}/", encoded(project));
    uri.push_str(&encoded(local));
    uri
}

/// The text with everything but letters, digits and what a path may have written as `%` and hexadecimal digits.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Returns the text with its escapes read; what is no escape, or no UTF-8, stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escape {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Address, decoded, encoded};

    #[test]
    fn escapes_go_there_and_back() {
        for text in ["notes/tea", "a b/100%", "部署/方案", "%41", "?#[]", "é~"] {
            assert_eq!(decoded(&encoded(text)), text);
            assert!(encoded(text).is_ascii());
        }
        assert_eq!(decoded("100% x"), "100% x");
        assert_eq!(decoded("%zz%+1%"), "%zz%+1%");
        assert_eq!(decoded("%FF"), "%FF");
    }

    #[test]
    fn what_a_uri_may_mean() {
        let read = |uri: &str| -> Vec<(String, Option<String>)> {
            Address::readings(uri)
                .into_iter()
                .map(|address| (address.project, address.local))
                .collect()
        };
        let one =
            |project: &str, local: Option<&str>| (project.to_owned(), local.map(str::to_owned));
        assert_eq!(read("memory://main/a/b"), [one("main", Some("a/b"))]);
        assert_eq!(read("memory://main/info"), [one("main", None)]);
        assert_eq!(
            read("memory://local/main/info"),
            [one("main", None), one("local", Some("main/info"))]
        );
        assert_eq!(
            read("memory://main/a%20b"),
            [one("main", Some("a b")), one("main", Some("a%20b"))]
        );
        assert!(read("memory://main").is_empty());
        assert!(read("file:///etc/passwd").is_empty());
    }
}
