//! The reasons in the root `Cargo.toml`.
//!
//! It is no TOML parser: it knows one section, strings, brackets and comments.
//! Invariant: a `#` inside a string is no comment.

/// Returns the external entries of `[workspace.dependencies]` that no comment explains: line and name.
pub(super) fn unexplained(manifest: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut entry: Option<Entry> = None;
    for (index, line) in manifest.lines().enumerate() {
        let (code, comment) = split_comment(line);
        if entry.is_none() {
            if code.trim_start().starts_with('[') {
                inside = code.trim() == "[workspace.dependencies]";
                continue;
            }
            let Some((name, _)) = code.split_once('=').filter(|_| inside) else {
                continue;
            };
            entry = Some(Entry {
                line: index + 1,
                name: name.trim().to_owned(),
                ..Entry::default()
            });
        }
        if let Some(open) = &mut entry {
            open.explained |= !comment.trim().is_empty();
            open.ours |= code.contains("path =") || code.contains("path=");
            open.depth += depth(code);
            if open.depth <= 0 {
                if !open.explained && !open.ours {
                    found.push((open.line, open.name.clone()));
                }
                entry = None;
            }
        }
    }
    found
}

/// One entry, which may go over several lines.
#[derive(Default)]
struct Entry {
    line: usize,
    name: String,
    explained: bool,
    ours: bool,
    depth: isize,
}

/// Cuts a line at the first `#` outside a string; the comment comes without its `#`.
fn split_comment(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '#' if !quoted => return (&line[..at], &line[at + 1..]),
            _ => {}
        }
    }
    (line, "")
}

/// How many more brackets a line opens than it closes.
fn depth(code: &str) -> isize {
    let mut quoted = false;
    let mut depth = 0;
    for character in code.chars() {
        match character {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_entries_without_a_reason_are_found() {
        let manifest = r##"
[workspace.package]
version = "1"

[workspace.dependencies]
# A heading of a group is no reason.
ours = { path = "crates/ours" }
good = "1" # a reason
bare = "1"
empty = "1" #
hash = { version = "1", features = ["a#b"] }
long = { version = "1", features = [
  "one", # a reason
] }
also-bare = { version = "1", features = [
  "one",
] }

[profile.dev]
debug = 1
"##;
        let found: Vec<_> = unexplained(manifest)
            .into_iter()
            .map(|(line, name)| format!("{line} {name}"))
            .collect();
        assert_eq!(found, ["9 bare", "10 empty", "11 hash", "15 also-bare"]);
    }
}
