//! What is where.
use crate::{Project, Result};
use cairn_index::NoteRecord;
/// What to list.
#[derive(Debug, Clone)]
pub struct ListingRequest {
    /// The folder; `/` or empty for the root.
    pub folder: String,
    /// 1 to 10.
    pub depth: usize,
    /// Only names that match (folders are descended into all the same).
    pub glob: Option<String>,
    /// The order.
    pub sort: Sort,
    /// From 1.
    pub page: usize,
    /// Rows of a page.
    pub page_size: usize,
}
/// The order of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort { /// Folders first, then by name without case.
    #[default] Name, /// By title.
    TitleAscending, /// By title, backwards.
    TitleDescending, /// Oldest change first.
    UpdatedAscending, /// Latest change first.
    UpdatedDescending }
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
    /// A folder: its path.
    Folder { /// Its path, without outer slashes.
        path: String },
    /// A file.
    File(Box<NoteRecord>),
}
impl Project<'_> {
    /// Lists a folder from the index.
    pub fn list_directory(&self, request: &ListingRequest) -> Result<Listing> { let _ = request; todo!() }
}
