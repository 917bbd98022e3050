//! What is where.
//!
//! Folders are what the paths of indexed files imply; the disk is not looked at. Invariant: the same index and
//! request give the same page, whatever else is equal.

use crate::accept::{folder, page_offset};
use crate::{Error, Project, Result};
use cairn_index::NoteRecord;
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
        if !(1..=DEEPEST).contains(&request.depth) {
            return Err(Error::Invalid {
                message: format!(
                    "depth must be between 1 and {DEEPEST}, got {}",
                    request.depth
                ),
                hint: None,
            });
        }
        let offset = page_offset(request.page, request.page_size, MOST_ROWS)?;
        let folder = folder(&request.folder)?;
        let folder = folder.as_ref().map_or("", NotePath::as_str);
        let records = self.session("list a folder")?.below(self.id(), folder)?;
        let glob = request
            .glob
            .as_deref()
            .filter(|glob| !glob.is_empty())
            .map(Glob::new);
        let mut folders = BTreeSet::new();
        let mut files = Vec::new();
        for record in records {
            let below = inside(folder, record.path.as_str());
            let levels = below.split('/').count();
            if glob.is_none() {
                folders.extend(folders_above(folder, below).take(request.depth));
            }
            if levels <= request.depth
                && glob
                    .as_ref()
                    .is_none_or(|glob| glob.matches(record.path.file_name()))
            {
                files.push(record);
            }
        }
        let mut folders: Vec<String> = folders.into_iter().collect();
        folders.sort_by_cached_key(|path| (name(path).to_lowercase(), path.clone()));
        sort(&mut files, request.sort);
        let total = folders.len() + files.len();
        let folders = folders.into_iter().map(|path| ListingRow::Folder { path });
        let files = files
            .into_iter()
            .map(|record| ListingRow::File(Box::new(record)));
        let rows: Vec<ListingRow> = folders
            .chain(files)
            .skip(offset)
            .take(request.page_size)
            .collect();
        Ok(Listing {
            has_more: offset + rows.len() < total && !rows.is_empty(),
            rows,
            total,
        })
    }
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
    let by_time = |one: &NoteRecord, other: &NoteRecord| one.modified.cmp(&other.modified);
    match order {
        Sort::Name => files.sort_by_cached_key(|file| file.path.file_name().to_lowercase()),
        Sort::TitleAscending => files.sort_by_cached_key(|file| file.title.to_lowercase()),
        Sort::TitleDescending => {
            files.sort_by_cached_key(|file| Reverse(file.title.to_lowercase()));
        }
        Sort::UpdatedAscending => files.sort_by(by_time),
        Sort::UpdatedDescending => {
            files.sort_by(|one, other| by_time(other, one));
        }
    }
}
