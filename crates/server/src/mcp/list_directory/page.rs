//! A page of a folder, as text and as JSON.
//!
//! Invariant: names, labels and keys are the reference's, letter for letter.

use super::glob;
use crate::mcp::call::Call;
use crate::mcp::media_type::media_type;
use crate::mcp::next_call::{self, quoted};
use cairn_engine::{Listing, ListingRequest, ListingRow, Sort};
use jiff::Zoned;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A page.
pub(super) struct Page {
    /// The folder as it was asked for.
    pub(super) folder: String,
    /// Which page this is.
    pub(super) request: ListingRequest,
    /// What is on it.
    pub(super) listing: Listing,
    /// How many rows there would be, had the caller tokens for more.
    pub(super) cut_from: Option<usize>,
}

impl Page {
    pub(super) fn text(&self, call: &Call<'_>) -> String {
        let Self {
            folder, request, ..
        } = self;
        let rows = &self.listing.rows;
        if self.listing.total == 0 {
            let matching =
                glob(call).map_or_else(String::new, |glob| format!(" matching '{glob}'"));
            return format!("No files found in directory '{folder}'{matching}");
        }
        let depth = request.depth;
        let heading = match glob(call) {
            Some(glob) => format!("Files in '{folder}' matching '{glob}' (depth {depth}):"),
            None => format!("Contents of '{folder}' (depth {depth}):"),
        };
        let mut text = format!(
            "{heading}\nPage {} (page size {}, {} total items)\n\n",
            request.page, request.page_size, self.listing.total
        );
        if rows.is_empty() {
            let last = self.listing.total.div_ceil(request.page_size);
            let _ = write!(
                text,
                "No items on this page.\n\nTotal: 0 items\n\nRequested page {} is beyond the available results; the last \
                 available page is {last}.",
                request.page
            );
            return text;
        }
        text.push_str(&self.rows(call));
        if self.listing.has_more {
            let _ = write!(
                text,
                "\n\nMore results available. Call {} to continue.",
                self.next(call)
            );
        }
        if let Some(of) = self.cut_from {
            let _ = write!(text, "\n[Cut to {} of {of} rows by max_tokens]", rows.len());
        }
        text
    }

    /// The lines of folders, then those of files, and how many there are of each.
    fn rows(&self, call: &Call<'_>) -> String {
        let rows = &self.listing.rows;
        let (folders, files): (Vec<_>, Vec<_>) = rows
            .iter()
            .partition(|row| matches!(row, ListingRow::Folder { .. }));
        let lines = |rows: &[&ListingRow]| -> String {
            rows.iter().map(|row| line(row, &call.now)).collect()
        };
        let gap = if folders.is_empty() || files.is_empty() {
            ""
        } else {
            "\n"
        };
        let counts: Vec<String> = [
            (folders.len(), "directory", "directories"),
            (files.len(), "file", "files"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, several)| format!("{count} {}", if count == 1 { one } else { several }))
        .collect();
        format!(
            "{}{gap}{}\nTotal: {} items ({})",
            lines(&folders),
            lines(&files),
            rows.len(),
            counts.join(", ")
        )
    }

    /// The call that gives the page after this one.
    fn next(&self, call: &Call<'_>) -> String {
        let glob = glob(call).map_or_else(String::new, |glob| {
            format!(", file_name_glob='{}'", escaped(glob))
        });
        let sort = match self.request.sort {
            Sort::Name => "",
            Sort::TitleAscending => ", sort='title_asc'",
            Sort::TitleDescending => ", sort='title_desc'",
            Sort::UpdatedAscending => ", sort='updated_asc'",
            Sort::UpdatedDescending => ", sort='updated_desc'",
        };
        format!(
            "list_directory(dir_name='{}', depth={}, page={}, page_size={}{glob}{sort}{})",
            escaped(&self.folder),
            self.request.depth,
            self.request.page + 1,
            self.request.page_size,
            next_call::repeated(call)
        )
    }

    pub(super) fn json(&self) -> Value {
        let nodes: Vec<Value> = self.listing.rows.iter().map(node).collect();
        let mut answer = json!({
            "nodes": nodes,
            "page": self.request.page,
            "page_size": self.request.page_size,
            "total": self.listing.total,
            "has_more": self.listing.has_more,
        });
        if self.cut_from.is_some() {
            answer["truncated"] = json!(true);
            answer["next_page"] = json!(self.request.page + 1);
        }
        answer
    }
}

/// A row as text.
pub(super) fn line(row: &ListingRow, now: &Zoned) -> String {
    match row {
        ListingRow::Folder { path } => format!("📁 {:<30} /{path}\n", name(path)),
        ListingRow::File(note) => {
            let name = note.path.file_name();
            let title = if note.title == name {
                String::new()
            } else {
                format!(" | {}", note.title)
            };
            let date = note.modified.to_zoned(now.time_zone().clone()).date();
            format!(
                "📄 {name:<30} {}{title} | {date} | id: {}\n",
                note.path, note.external_id
            )
        }
    }
}

/// A row as JSON.
pub(super) fn node(row: &ListingRow) -> Value {
    match row {
        ListingRow::Folder { path } => json!({
            "name": name(path),
            "file_path": null,
            "directory_path": format!("/{path}"),
            "type": "directory",
            "children": [],
            "title": null,
            "permalink": null,
            "external_id": null,
            "entity_id": null,
            "note_type": null,
            "content_type": null,
            "updated_at": null,
        }),
        ListingRow::File(note) => json!({
            "name": note.path.file_name(),
            "file_path": note.path.as_str(),
            "directory_path": format!("/{}", note.path),
            "type": "file",
            "children": [],
            "title": note.title,
            "permalink": note.permalink,
            "external_id": note.external_id,
            "entity_id": note.id.0,
            "note_type": note.note_type,
            "content_type": media_type(note),
            "updated_at": note.modified.to_string(),
        }),
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A text as it stands between single quotes.
fn escaped(text: &str) -> String {
    let text = quoted(text);
    text[1..text.len() - 1]
        .replace("\\\"", "\"")
        .replace('\'', "\\'")
}
