//! What a file is: by its name, and by its first bytes where they say something else.
//!
//! Invariant: what is called text is text, and what is called a picture is one a client can decode.

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
    let named = media_type(path);
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
        _ => Form::Other(named.unwrap_or("application/octet-stream")),
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

fn is_textual(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/json" | "application/xml" | "image/svg+xml"
        )
}

fn with_encoding(media_type: &str) -> String {
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

/// Returns the media type a file's name speaks of, if it does.
pub(in crate::mcp) fn media_type(path: &NotePath) -> Option<&'static str> {
    let (_, extension) = path.file_name().rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" => "text/markdown",
        "txt" | "text" | "log" | "yaml" | "yml" | "toml" | "ini" => "text/plain",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "json" | "canvas" => "application/json",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "tif" | "tiff" => "image/tiff",
        "heic" => "image/heic",
        "avif" => "image/avif",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "epub" => "application/epub+zip",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        _ => return None,
    })
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
            ("a.rs", b"fn", text("fn", "text/plain; charset=utf-8")),
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
