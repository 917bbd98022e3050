//! What an edit does about a note the index does not know: look at the disk, or make the note.
//!
//! It writes nothing itself. Invariant: no note is made beside one its name would be confused with, and never in a
//! folder that is only a project's name.

use super::{EditRequest, Edited};
use crate::files::{self, NoteGuard, Presence};
use crate::{Error, Project, Result, WriteRequest};
use cairn_index::{Change, NoteRecord};
use cairn_note::NotePath;
use cairn_note::edit::Edit;
use cairn_note::link::{self, LinkTarget};
use cairn_note::path::{FileNameStyle, file_name_for_title};
use cairn_note::permalink;

/// A name, as a path a new note may get.
struct Wanted {
    folder: String,
    title: String,
}

impl Wanted {
    fn of(name: &str) -> Self {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let title = [".md", ".markdown"]
            .iter()
            .find_map(|extension| {
                let (stem, end) =
                    file.split_at_checked(file.len() - extension.len().min(file.len()))?;
                end.eq_ignore_ascii_case(extension).then_some(stem)
            })
            .unwrap_or(file);
        Self {
            folder: folder.to_owned(),
            title: title.trim().to_owned(),
        }
    }

    /// Whether anything of the title is left in the name of its file: `..` is no note.
    fn names_a_file(&self) -> bool {
        let without_title = file_name_for_title("", FileNameStyle::Title);
        self.title.to_lowercase() + ".md" == without_title
            || file_name_for_title(&self.title, FileNameStyle::Title) != without_title
    }
}

/// Refuses what leads out of the project, as it was given: cleaned, the folder of another disk would be one inside.
fn refuse_outside(name: &str) -> Result<()> {
    let path = name.replace('\\', "/");
    match path.rsplit_once('/') {
        Some(("", _)) => NotePath::parse(&path)?,
        Some((folder, _)) => NotePath::parse(folder)?,
        None => return Ok(()),
    };
    Ok(())
}

impl<'a> Project<'a> {
    /// Edits a note; where there is none, text that goes to the beginning or the end becomes a new one.
    ///
    /// The new note is where the identifier says: its last segment is the title, the rest the folder. A title that
    /// is one note's but for case is that note.
    ///
    /// # Errors
    /// As [`Project::edit_note`]; [`Error::Equivalent`] when a note's name differs only in case, `_`, `-` or spaces;
    /// [`Error::OtherProject`] when the first segment is another project's name; as [`Project::write_note`].
    pub fn edit_or_create(&self, request: &EditRequest) -> Result<Edited> {
        let missing = match self.edit_note(request) {
            Err(error @ Error::NotFound { .. }) => error,
            result => return result,
        };
        let Some(Edit::Append { content } | Edit::Prepend { content }) = &request.edit else {
            return Err(missing);
        };
        // An id names a note that was there; it is no name for another one.
        let name = self.local_name(&request.identifier)?;
        if name.is_empty() || link::uuid(&name).is_some() {
            return Err(missing);
        }
        let wanted = Wanted::of(&name);
        refuse_outside(&name)?;
        if !wanted.names_a_file() {
            return Err(missing);
        }
        if let Some(path) = self.same_title(&name, &wanted)? {
            return self.edit_note(&EditRequest {
                identifier: path.to_string(),
                ..request.clone()
            });
        }
        let made = self.write_note(&WriteRequest {
            title: wanted.title,
            folder: wanted.folder,
            content: content.clone(),
            metadata: request.metadata.clone(),
            base: request.base.clone(),
            ..WriteRequest::default()
        });
        match made {
            // Someone made it meanwhile.
            Err(Error::Exists { .. }) => self.edit_note(request),
            made => made,
        }
    }

    /// As [`Project::locked`], after a look at the disk for a file the index has not seen yet; whether there was one.
    pub(super) fn locked_or_seen(
        &self,
        identifier: &str,
    ) -> Result<(NoteRecord, NoteGuard<'a>, bool)> {
        let (locked, is_seen) = match self.locked(identifier) {
            Err(missing @ Error::NotFound { .. }) => match self.see(identifier)? {
                Some(path) => (self.locked(path.as_str()), true),
                None => return Err(missing),
            },
            result => (result, false),
        };
        locked.map(|(record, guard)| (record, guard, is_seen))
    }

    /// Indexes the file an identifier is the path of, if it is there and not known.
    fn see(&self, identifier: &str) -> Result<Option<NotePath>> {
        let Ok(name) = self.local_name(identifier) else {
            return Ok(None);
        };
        let mut lookout = self.lookout();
        for extension in ["", ".md", ".markdown"] {
            let Ok(path) = NotePath::parse(&format!("{name}{extension}")) else {
                continue;
            };
            if !path.is_markdown() {
                continue;
            }
            match lookout.presence(&path) {
                Presence::There => {
                    let change = Change::Put(Box::new(self.arrival(&path)?));
                    self.with_scope(|scope| self.engine.index.apply(scope, vec![change]))?;
                    return Ok(Some(path));
                }
                Presence::Hidden if files::fingerprint(self.root(), &path)?.is_some() => {
                    return Err(Error::Invalid {
                        message: format!(
                            "Note file '{path}' exists on disk but is hidden or ignored and will not be edited"
                        ),
                        hint: Some("change the ignore rules, or choose another note".to_owned()),
                    });
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Returns an identifier as a path in this project: without scheme, brackets and the project's own name.
    ///
    /// A first segment is a folder when there is such a folder, whatever projects are called.
    fn local_name(&self, identifier: &str) -> Result<String> {
        let bare = crate::identify::without_scheme(identifier);
        let is_url = bare.len() != identifier.trim().len();
        let Some(target) = LinkTarget::parse(bare) else {
            return Ok(String::new());
        };
        let name = target.name.trim_start_matches("./");
        let Some((first, rest)) = name.split_once('/') else {
            return Ok(name.to_owned());
        };
        let is_folder = !is_url
            && !target.qualified
            && NotePath::from_disk(first)
                .is_ok_and(|folder| files::has_folder(self.root(), &folder));
        if is_folder || first.is_empty() {
            return Ok(name.to_owned());
        }
        let slug = permalink::slug(first);
        if slug == self.settings.slug() {
            return Ok(rest.trim_start_matches('/').to_owned());
        }
        match self
            .engine
            .settings
            .projects
            .iter()
            .find(|project| project.slug() == slug)
        {
            Some(other) => Err(Error::OtherProject {
                identifier: identifier.to_owned(),
                project: other.name.clone(),
            }),
            None => Ok(name.to_owned()),
        }
    }

    /// Returns the one note whose title is `name` but for case; refuses what would be confused with another note.
    ///
    /// A name without a folder is compared with every title, one with a folder with those in that folder.
    fn same_title(&self, name: &str, wanted: &Wanted) -> Result<Option<NotePath>> {
        let mut alike = self
            .session("look for titles like a new one")?
            .alike_names(self.id(), name)?;
        alike.retain(|(path, _)| path.is_markdown());
        let lower = name.to_lowercase();
        let same: Vec<&NotePath> = alike
            .iter()
            .filter(|(_, title)| title.trim().to_lowercase() == lower)
            .map(|(path, _)| path)
            .collect();
        match same.as_slice() {
            [only] => return Ok(Some((*only).clone())),
            [] => {}
            several => {
                return Err(Error::Ambiguous {
                    identifier: name.to_owned(),
                    candidates: several.iter().map(ToString::to_string).collect(),
                });
            }
        }
        let (title, folder) = (folded(&wanted.title), folded(&wanted.folder));
        let confused = alike.into_iter().find(|(path, other)| {
            folded(other) == title && (folder.is_empty() || folded(path.parent()) == folder)
        });
        match confused {
            Some((path, _)) => Err(Error::Equivalent {
                existing: path.to_string(),
            }),
            None => Ok(None),
        }
    }
}

/// A name without case and without what parts its words.
fn folded(name: &str) -> String {
    let alias =
        NotePath::from_disk(name).map_or_else(|_| name.to_lowercase(), |path| path.alias_key());
    alias
        .split(|character: char| matches!(character, '-' | '_') || character.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::{Wanted, folded};

    #[test]
    fn the_last_segment_is_the_title() {
        for (name, folder, title) in [
            ("Tea", "", "Tea"),
            ("a/b/Tea.md", "a/b", "Tea"),
            ("Tea.MARKDOWN", "", "Tea"),
            ("v1.2", "", "v1.2"),
            ("é", "", "é"),
            ("d", "", "d"),
        ] {
            let wanted = Wanted::of(name);
            assert_eq!(
                (wanted.folder.as_str(), wanted.title.as_str()),
                (folder, title),
                "{name}"
            );
        }
    }

    #[test]
    fn names_are_folded_by_words() {
        assert_eq!(folded("My_Plan -  two"), "my-plan-two");
        assert_eq!(folded("CAFE\u{301}"), folded("café"));
        assert_ne!(folded("C++"), folded("C"));
    }
}
