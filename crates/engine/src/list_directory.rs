//! What is where.
//!
//! Folders are what the paths of indexed files imply; the disk is not looked at. Invariant: the same index and
//! request give the same page, whatever else is equal.

use crate::accept::{folder, page_offset};
use crate::{Error, Project, Result};
use cairn_index::{NoteKey, NoteRecord, Session};
use cairn_note::NotePath;
use cairn_note::link::Glob;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What to list.
#[derive(Debug, Clone)]
pub struct ListingRequest {
    /// The folder; `/` or empty for the root.
    pub folder: String,
    /// Levels to descend, 1 to 10.
    pub depth: usize,
    /// Only files whose names match, and no folders (which are descended into all the same).
    pub glob: Option<String>,
    /// The order.
    pub sort: Sort,
    /// From 1.
    pub page: usize,
    /// Rows of a page, 1 to 200.
    pub page_size: usize,
}

/// The order of a listing. Folders are always first, by name without case; equal rows are ordered by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By name without case.
    #[default]
    Name,
    /// By title without case.
    TitleAscending,
    /// By title without case, backwards.
    TitleDescending,
    /// Oldest change first.
    UpdatedAscending,
    /// Latest change first.
    UpdatedDescending,
}

/// A page of a listing.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The rows.
    pub rows: Vec<ListingRow>,
    /// Rows of all pages.
    pub total: usize,
    /// Whether there is another page.
    pub has_more: bool,
}

/// One row of a listing.
#[derive(Debug, Clone)]
pub enum ListingRow {
    /// A folder.
    Folder {
        /// Its path, without outer slashes.
        path: String,
    },
    /// A file.
    File(Box<NoteRecord>),
}

/// Levels a listing descends at most, as in the reference.
const DEEPEST: usize = 10;
/// Rows of a page at most, as in the reference.
const MOST_ROWS: usize = 200;

impl Project<'_> {
    /// Lists a folder from the index; a folder nothing is known of is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a depth or page out of range, [`Error::Path`] for a folder outside the project.
    pub fn list_directory(&self, request: &ListingRequest) -> Result<Listing> {
        refuse_depth(request.depth)?;
        let offset = page_offset(request.page, request.page_size, MOST_ROWS)?;
        let folder = folder(&request.folder)?;
        let folder = folder.as_ref().map_or("", NotePath::as_str);
        let session = self.session("list a folder")?;
        let glob = request
            .glob
            .as_deref()
            .filter(|glob| !glob.is_empty())
            .map(Glob::new);
        let is_listed = |path: &NotePath| {
            let levels = inside(folder, path.as_str()).split('/').count();
            levels <= request.depth
                && glob
                    .as_ref()
                    .is_none_or(|glob| glob.matches(path.file_name()))
        };
        let mut paths = self.paths_below(&session, folder)?;
        let folders = if glob.is_some() {
            Vec::new()
        } else {
            folders(folder, &paths, request.depth)
        };
        paths.retain(is_listed);
        let total = folders.len() + paths.len();
        let skipped = offset.saturating_sub(folders.len());
        // What is not on the page need not be read, unless the order depends on it.
        let records: Vec<NoteRecord> = if request.sort == Sort::Name {
            paths.sort_by_cached_key(|path| path.file_name().to_lowercase());
            let page = paths.iter().skip(skipped).take(request.page_size);
            let records = page.map(|path| Ok(session.note(self.id(), NoteKey::Path(path))?));
            records
                .filter_map(Result::transpose)
                .collect::<Result<_>>()?
        } else {
            let mut records = session.below(self.id(), folder)?;
            records.retain(|record| is_listed(&record.path));
            sort(&mut records, request.sort);
            let page = records.into_iter().skip(skipped);
            page.take(request.page_size).collect()
        };
        let folders = folders
            .into_iter()
            .skip(offset)
            .map(|path| ListingRow::Folder { path });
        let files = records
            .into_iter()
            .map(|record| ListingRow::File(Box::new(record)));
        let rows: Vec<ListingRow> = folders.chain(files).take(request.page_size).collect();
        Ok(Listing {
            has_more: offset + rows.len() < total && !rows.is_empty(),
            rows,
            total,
        })
    }

    /// The paths of all files below a folder, sorted.
    fn paths_below(&self, session: &Session<'_>, folder: &str) -> Result<Vec<NotePath>> {
        let known = session.fingerprints(self.id())?;
        Ok(known
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.starts_with_folder(folder))
            .collect())
    }
}

fn refuse_depth(depth: usize) -> Result<()> {
    if (1..=DEEPEST).contains(&depth) {
        return Ok(());
    }
    Err(Error::Invalid {
        message: format!("depth must be between 1 and {DEEPEST}, got {depth}"),
        hint: None,
    })
}

/// The folders that paths imply down to a depth, by name without case.
fn folders(folder: &str, paths: &[NotePath], depth: usize) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut parent = "";
    for path in paths {
        // Most files lie beside the one before.
        if path.parent() != parent {
            parent = path.parent();
            found.extend(folders_above(folder, inside(folder, path.as_str())).take(depth));
        }
    }
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort_by_cached_key(|path| (name(path).to_lowercase(), path.clone()));
    found
}

/// The part of a path below a folder.
fn inside<'p>(folder: &str, path: &'p str) -> &'p str {
    path.strip_prefix(folder)
        .map_or(path, |rest| rest.trim_start_matches('/'))
}

/// The folders between a folder and a file, outermost first.
fn folders_above(folder: &str, below: &str) -> impl Iterator<Item = String> {
    below.match_indices('/').map(move |(at, _)| {
        if folder.is_empty() {
            below[..at].to_owned()
        } else {
            format!("{folder}/{}", &below[..at])
        }
    })
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn sort(files: &mut [NoteRecord], order: Sort) {
    // Files come sorted by path, and a stable sort keeps that among equals.
    match order {
        Sort::Name => files.sort_by_cached_key(|file| file.path.file_name().to_lowercase()),
        Sort::TitleAscending => files.sort_by_cached_key(|file| file.title.to_lowercase()),
        Sort::TitleDescending => {
            files.sort_by_cached_key(|file| Reverse(file.title.to_lowercase()));
        }
        Sort::UpdatedAscending => files.sort_by_key(|file| file.modified),
        Sort::UpdatedDescending => files.sort_by_key(|file| Reverse(file.modified)),
    }
}
