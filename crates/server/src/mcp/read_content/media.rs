//! What a file is: by its name, and by its first bytes where they say something else.
//!
//! Invariant: what is called text is text, and what is called a picture is one a client can decode.

use crate::mcp::media_type::{BYTES, by_name, is_textual};
use cairn_note::NotePath;
use image::ImageFormat;

/// In which form a file is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'b> {
    /// As text.
    Text {
        /// All of it.
        text: &'b str,
        /// Its media type with its encoding.
        content_type: String,
    },
    /// As a picture of this media type.
    Picture(&'static str),
    /// As bytes of this media type.
    Other(&'static str),
}

/// Returns in which form a file is sent.
pub(super) fn form<'b>(path: &NotePath, bytes: &'b [u8]) -> Form<'b> {
    let named = by_name(path);
    if let Some(media_type) = picture(bytes) {
        return Form::Picture(media_type);
    }
    let is_binary = named.is_some_and(|named| !is_textual(named));
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| path.is_markdown() || !text.contains('\0'));
    match text {
        Some(text) if !is_binary => Form::Text {
            text,
            content_type: with_encoding(named.unwrap_or("text/plain")),
        },
        _ => Form::Other(named.unwrap_or(BYTES)),
    }
}

/// The media type of a picture every client can decode.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match image::guess_format(bytes).ok()? {
        ImageFormat::Png => Some("image/png"),
        ImageFormat::Jpeg => Some("image/jpeg"),
        ImageFormat::Gif => Some("image/gif"),
        ImageFormat::WebP => Some("image/webp"),
        _ => None,
    }
}

fn with_encoding(media_type: &str) -> String {
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, form};
    use cairn_note::NotePath;

    #[test]
    fn content_says_more_than_a_name() {
        let form_of = |name: &str, bytes: &'static [u8]| {
            form(&NotePath::parse(name).expect("it is a path"), bytes)
        };
        let text = |text, content_type: &str| Form::Text {
            text,
            content_type: content_type.to_owned(),
        };
        for (name, bytes, expected) in [
            (
                "a.md",
                &b"tea"[..],
                text("tea", "text/markdown; charset=utf-8"),
            ),
            ("a.md", b"", text("", "text/markdown; charset=utf-8")),
            ("a.md", b"t\xff", Form::Other("text/markdown")),
            ("a.json", b"{}", text("{}", "application/json")),
            ("a.canvas", b"{}", text("{}", "application/json")),
            ("a.svg", b"<svg/>", text("<svg/>", "image/svg+xml")),
            (
                "Makefile",
                b"all:",
                text("all:", "text/plain; charset=utf-8"),
            ),
            ("a.rs", b"fn", text("fn", "text/x-rust; charset=utf-8")),
            ("a.yml", b"a: b", text("a: b", "application/yaml")),
            ("a.bin", b"a\0b", Form::Other("application/octet-stream")),
            ("a.pdf", b"%PDF", Form::Other("application/pdf")),
            ("a.txt", b"\x89PNG\r\n\x1a\n", Form::Picture("image/png")),
            ("a.png", b"GIF89a", Form::Picture("image/gif")),
            ("a.png", b"tea", Form::Other("image/png")),
        ] {
            assert_eq!(form_of(name, bytes), expected, "{name} {bytes:?}");
        }
    }
}
