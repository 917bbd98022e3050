//! What kind of file it is, by its name.
//!
//! Invariant: every answer says the same of one file; a note is Markdown, whatever it is called.

use cairn_index::NoteRecord;
use cairn_note::NotePath;

/// What is said of a file nothing is known of.
pub(super) const BYTES: &str = "application/octet-stream";

/// Returns the media type of a file.
pub(super) fn media_type(note: &NoteRecord) -> &'static str {
    if note.is_note {
        "text/markdown"
    } else {
        by_name(&note.path).unwrap_or(BYTES)
    }
}

/// Returns the media type a file's name speaks of, if it does.
pub(super) fn by_name(path: &NotePath) -> Option<&'static str> {
    let (_, extension) = path.file_name().rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" => "text/markdown",
        "txt" | "text" | "log" | "ini" | "ts" => "text/plain",
        "css" => "text/css",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "html" | "htm" => "text/html",
        "js" | "mjs" => "text/javascript",
        "py" => "text/x-python",
        "rs" => "text/x-rust",
        "sh" => "text/x-shellscript",
        "json" | "canvas" => "application/json",
        "rtf" => "application/rtf",
        "toml" => "application/toml",
        "xml" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "tif" | "tiff" => "image/tiff",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "mov" => "video/quicktime",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "epub" => "application/epub+zip",
        "gz" => "application/gzip",
        "pdf" => "application/pdf",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "tar" => "application/x-tar",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "zip" => "application/zip",
        _ => return None,
    })
}

/// Whether what is of this media type can be read as text.
pub(super) fn is_textual(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/json"
                | "application/rtf"
                | "application/toml"
                | "application/xml"
                | "application/yaml"
                | "image/svg+xml"
        )
}
