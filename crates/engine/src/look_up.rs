//! A note for someone who only reads it, and what they may have meant when there is none.
//!
//! Writing verbs name exactly what they change; reading may also take what can mean nothing else. Invariant: a note is
//! never guessed: what is returned is the only one the name can mean.

use crate::files::Presence;
use crate::identify::without_scheme;
use crate::search_notes::SearchRequest;
use crate::{Error, Project, Result};
use cairn_index::{Change, NoteRecord, Resolution};
use cairn_note::NotePath;
use jiff::Zoned;

/// Suggestions of one page at most.
const MOST_SUGGESTIONS: usize = 100;

impl Project<'_> {
    /// Returns the one note an identifier names, for reading.
    ///
    /// As [`Project::identify`]; when nothing is called so, a file at that path which the index has not seen yet (it is
    /// indexed first), else the only note whose title it is but for case.
    ///
    /// # Errors
    /// As [`Project::identify`].
    pub fn look_up(&self, identifier: &str) -> Result<NoteRecord> {
        let resolution = {
            let session = self.session("look a note up")?;
            self.resolve(&session, identifier, None)?
        };
        match resolution {
            Resolution::Found(record) if !self.is_overtaken(identifier, &record) => {
                return Ok(*record);
            }
            Resolution::Ambiguous(records) => return Err(Error::ambiguous(identifier, &records)),
            Resolution::Found(_) | Resolution::Missing => {}
        }
        if let Some(path) = self.arrived(identifier)?
            && let Some(record) = self.record_at(&path)?
        {
            return Ok(record);
        }
        let session = self.session("look a title up")?;
        let title = without_scheme(identifier).to_lowercase();
        let mut titled = session.alike(self.id(), without_scheme(identifier))?;
        titled.retain(|record| record.title.trim().to_lowercase() == title);
        match titled.as_slice() {
            [] => Err(Error::NotFound {
                identifier: identifier.to_owned(),
                near: self.near(&session, identifier)?,
            }),
            [_] => Ok(titled.remove(0)),
            _ => Err(Error::ambiguous(identifier, &titled)),
        }
    }

    /// Indexes the file an identifier is the path of, with or without `.md`, if it is there and would be listed.
    fn arrived(&self, identifier: &str) -> Result<Option<NotePath>> {
        let name = without_scheme(identifier);
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let own = self.without_own_name(name);
        let mut lookout = self.lookout();
        for name in std::iter::once(name).chain(own) {
            for extension in ["", ".md"] {
                let Ok(path) = NotePath::parse(&format!("{name}{extension}")) else {
                    continue;
                };
                if lookout.presence(&path) == Presence::There {
                    let entry = self.arrival(&path);
                    let change = entry.map(|entry| Change::Put(Box::new(entry)));
                    self.told(&path, "read", change)?;
                    return Ok(Some(path));
                }
            }
        }
        Ok(None)
    }

    /// Returns the notes of these names, titles or paths; a title several have gives all of them.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn named(&self, names: &[String]) -> Result<Vec<NoteRecord>> {
        let session = self.session("look suggestions up")?;
        let mut found: Vec<NoteRecord> = Vec::new();
        for name in names {
            let records = match self.resolve(&session, name, None)? {
                Resolution::Found(record) => vec![*record],
                Resolution::Ambiguous(records) => records,
                Resolution::Missing => Vec::new(),
            };
            for record in records {
                if found.iter().all(|known| known.id != record.id) {
                    found.push(record);
                }
            }
        }
        Ok(found)
    }

    /// Returns what may have been meant by an identifier that names nothing: on the first page those of `near` names,
    /// then what a search for its words finds.
    ///
    /// # Errors
    /// When the index cannot be read, or the page is none.
    pub fn suggestions(
        &self,
        identifier: &str,
        near: &[String],
        page: usize,
        page_size: usize,
        now: &Zoned,
    ) -> Result<Vec<NoteRecord>> {
        let page_size = page_size.min(MOST_SUGGESTIONS);
        let mut found = self.named(near)?;
        let seen: Vec<_> = found.iter().map(|record| record.id).collect();
        if page > 1 {
            found.clear();
        }
        let hits = self.search_notes(&SearchRequest {
            page,
            page_size,
            ..SearchRequest::new(self.words_of(identifier), now.clone())
        })?;
        let hits = hits.hits.into_iter().map(|hit| hit.note);
        found.extend(hits.filter(|record| !seen.contains(&record.id)));
        // What the index still knows of a file that is gone would lead to the same miss.
        let mut lookout = self.lookout();
        found.retain(|record| lookout.presence(&record.path) != Presence::Gone);
        found.truncate(page_size);
        Ok(found)
    }

    /// The words of an identifier, without this project's name and without what a query would take for an operator.
    fn words_of(&self, identifier: &str) -> String {
        let name = without_scheme(identifier);
        let name = self.without_own_name(name).unwrap_or(name);
        let name = name.strip_suffix(".md").unwrap_or(name);
        let is_word = |character: char| character.is_alphanumeric() || character == '\'';
        name.split(|character| !is_word(character))
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
            .join(" ")
    }
}
