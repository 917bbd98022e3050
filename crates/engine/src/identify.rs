//! What an identifier names.
use crate::{Project, Result};
use cairn_index::NoteRecord;
use cairn_note::NotePath;

/// At most five names like `wanted`, nearest first.
pub(crate) fn near_names<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> { let _ = (wanted, names); todo!() }

impl Project<'_> {
    /// The one note an identifier (title, permalink, path, memory:// URL, UUID) names exactly; never fuzzy.
    pub fn identify(&self, identifier: &str, source: Option<&NotePath>) -> Result<NoteRecord> { let _ = (identifier, source); todo!() }
}
