//! A set's documents as notes in a folder, as a person would have them.
//!
//! Not the index. Invariant: what note a document becomes depends on the set alone, so the same set laid out twice is
//! the same folder, and no note is written that says what it should already.

use super::set::Document;
use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use cairn_engine::{Kind, Progress};
use cairn_note::NotePath;
use cairn_note::frontmatter;
use cairn_note::path::{FileNameStyle, file_name_for_title};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

/// Which document is at which path.
pub(super) type Places = HashMap<String, usize>;

/// Writes every document as a note, and removes notes that are none.
pub(super) fn lay_out(
    documents: &[Document],
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Places> {
    let failed = |file: &Path, error: std::io::Error| {
        Failure::new(
            Kind::Io,
            format!("cannot write {}: {error}", file.display()),
        )
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let names = names(documents);
    progress.begin("Writing notes", Some(documents.len() as u64));
    for (document, name) in documents.iter().zip(&names) {
        if CANCEL.is_cancelled() {
            return Err(Failure::interrupted());
        }
        let (file, text) = (folder.join(name), text(document));
        if !fs::read(&file).is_ok_and(|known| known == text.as_bytes()) {
            fs::write(&file, text).map_err(|error| failed(&file, error))?;
        }
        progress.advance(1);
    }
    let places: Places = names
        .into_iter()
        .enumerate()
        .map(|(place, name)| (name, place))
        .collect();
    remove_others(folder, &places).map_err(|error| failed(folder, error))?;
    Ok(places)
}

/// Another set was here before, or this one said something else.
fn remove_others(folder: &Path, places: &Places) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_known = entry
            .file_name()
            .to_str()
            .is_some_and(|name| places.contains_key(name));
        if !is_known && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The note a document becomes: its title stands in the frontmatter, unless the document has one there itself.
fn text(document: &Document) -> String {
    let has_title = frontmatter::read(&document.text)
        .metadata
        .contains_key("title");
    if document.title.trim().is_empty() || has_title {
        return document.text.clone();
    }
    let title = Value::String(document.title.clone());
    // A document may begin with what looks like a frontmatter and is none; its file's name is its title then.
    frontmatter::set(&document.text, "title", &title).unwrap_or_else(|_| document.text.clone())
}

/// Names of files: the title, else the id; where several have one, or look alike, a number makes them different.
fn names(documents: &[Document]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(documents.len());
    for document in documents {
        let title = match document.title.trim() {
            "" => document.id.as_str(),
            title => title,
        };
        let name = file_name_for_title(shortened(title), FileNameStyle::Title);
        // A name that begins with a dot would be hidden, and one of blanks is hard to see.
        let stem = name
            .strip_suffix(".md")
            .unwrap_or(&name)
            .trim()
            .trim_start_matches('.');
        let stem = if stem.is_empty() { "untitled" } else { stem };
        let mut name = format!("{stem}.md");
        let mut number = 1;
        while !taken.insert(key(&name)) {
            number += 1;
            name = format!("{stem} ({number}).md");
        }
        names.push(name);
    }
    names
}

/// Names are compared as file systems that do not see case compare them.
fn key(name: &str) -> String {
    NotePath::parse(name).map_or_else(|_| name.to_lowercase(), |path| path.alias_key())
}

/// Cuts a title that is more of a sentence between two words.
fn shortened(title: &str) -> &str {
    const LONGEST: usize = 120;
    if title.len() <= LONGEST {
        return title;
    }
    let cut = &title[..title.floor_char_boundary(LONGEST)];
    cut.rfind(char::is_whitespace)
        .map_or(cut, |end| &cut[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_engine::Silent;
    use cairn_testkit::Vault;

    fn document(id: &str, title: &str, text: &str) -> Document {
        Document {
            id: id.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn documents_are_notes_with_names_of_their_own() {
        let documents = [
            document("1", "Tea: how/why", "Steep it."),
            document("2", "", "No title."),
            document("3", "tea- how-why", "Another one."),
            document("../4", "", "---\ndate: 2023-05-08\n---\nCaroline: hi"),
            document("5", "Chat", "---\ndate: 2023-05-08\n---\nCaroline: hi"),
            document("6", "Named", "---\ntitle: By itself\n---\nText"),
            document("7", ".", "Dot"),
            document("8", "con", "Device"),
        ];
        let vault = Vault::new("//- old.md\nGone.\n");
        let places = lay_out(&documents, vault.root(), &Silent).expect("the folder is writable");
        let files: Vec<(String, String)> = vault
            .files()
            .into_iter()
            .map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()))
            .collect();
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let mut expected = [
            file(
                "Tea- how-why.md",
                "---\ntitle: 'Tea: how/why'\n---\n\nSteep it.",
            ),
            file("2.md", "No title."),
            file(
                "tea- how-why (2).md",
                "---\ntitle: tea- how-why\n---\n\nAnother one.",
            ),
            file("4.md", "---\ndate: 2023-05-08\n---\nCaroline: hi"),
            file(
                "Chat.md",
                "---\ndate: 2023-05-08\ntitle: Chat\n---\nCaroline: hi",
            ),
            file("Named.md", "---\ntitle: By itself\n---\nText"),
            file("untitled.md", "---\ntitle: .\n---\n\nDot"),
            file("con-.md", "---\ntitle: con\n---\n\nDevice"),
        ];
        for (place, (path, _)) in expected.iter().enumerate() {
            assert_eq!(places.get(path), Some(&place), "{path}");
        }
        expected.sort();
        let mut files = files;
        files.sort();
        assert_eq!(files, expected);
    }

    #[test]
    fn a_second_time_nothing_is_written() {
        let documents = [
            document("1", "Tea", "Steep it."),
            document("2", "Tea", "Or not."),
        ];
        let vault = Vault::new("");
        let first = lay_out(&documents, vault.root(), &Silent).expect("the folder is writable");
        let before = vault.snapshot();
        let second = lay_out(&documents, vault.root(), &Silent).expect("the folder is writable");
        assert_eq!(first, second);
        assert_eq!(vault.snapshot(), before);
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let title = "word ".repeat(60);
        let [name] = &names(&[document("1", &title, "")])[..] else {
            panic!("a document has a name");
        };
        assert!(name.len() < 130 && name.ends_with("word.md"), "{name}");
        let title = "é".repeat(300);
        assert!(names(&[document("1", &title, "")])[0].len() < 130);
    }
}
