//! Text to note and back: the grammar of a Cairn note.
//!
//! This room turns the text of one Markdown file into a [`Note`] and edits such a text; it opens no file,
//! reads no clock and knows no database.
//! Invariant: every function is total on strings: [`parse()`] never fails (it warns), and an edit changes no
//! byte it was not asked to change.

mod blocks;
pub mod chunk;
pub mod edit;
pub mod filter;
pub mod frontmatter;
pub mod link;
mod observation;
pub mod parse;
pub mod path;
pub mod permalink;
pub mod query;
mod relation;
pub mod schema;
pub mod tags;
pub mod timeframe;
pub mod words;
mod yaml;

pub use parse::{parse, parse_with_outline};
pub use path::NotePath;
pub use permalink::Permalink;

use std::ops::Range;

/// Frontmatter after normalisation: strings, lists, maps and nulls, in the order they were written.
///
/// Booleans, numbers and dates have become strings (`true` is `"True"`, `1.50` is `"1.5"`).
pub type Metadata = serde_json::Map<String, serde_json::Value>;

/// What the text of one Markdown file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Note {
    /// The frontmatter's `title`; `None` means the file's stem is the title.
    pub title: Option<String>,
    /// The frontmatter's `type` as its author spelled it, `note` when absent.
    pub note_type: String,
    /// The frontmatter's `permalink`, verbatim.
    pub permalink: Option<String>,
    /// The frontmatter's `tags`, without `#`.
    pub tags: Vec<String>,
    /// The frontmatter's `created`.
    pub created: Option<When>,
    /// The frontmatter's `modified`.
    pub modified: Option<When>,
    /// The whole frontmatter, normalised; the keys above are in it too.
    pub metadata: Metadata,
    /// Headings in document order.
    pub headings: Vec<Heading>,
    /// Observations in document order.
    pub observations: Vec<Observation>,
    /// Relations in document order, one for each (type, target).
    pub relations: Vec<Relation>,
    /// Byte offset in the parsed text at which the body begins, after the frontmatter's closing fence line.
    pub body_start: usize,
    /// What was odd about the text; never a reason not to index it.
    pub warnings: Vec<Warning>,
}

/// A moment a person wrote, with or without an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// An instant: the text named its offset.
    Instant(jiff::Timestamp),
    /// A wall-clock time, to be read in the zone of whoever asks.
    Civil(jiff::civil::DateTime),
}

impl When {
    /// Returns the instant, reading a wall-clock time in `zone`.
    pub fn timestamp(self, zone: &jiff::tz::TimeZone) -> jiff::Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Civil(civil) => zone
                .to_ambiguous_zoned(civil)
                .compatible()
                .map_or(jiff::Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp()),
        }
    }
}

/// A heading: its level (1–6), its text without markup, and the bytes of its whole line(s).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The text between the markers, trimmed.
    pub text: String,
    /// Where it stands in the parsed text.
    pub range: Range<usize>,
}

/// A categorised fact: `- [category] content #tag (context)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What stood in the brackets; `None` when a hashtag alone made the line an observation.
    pub category: Option<String>,
    /// The content, hashtags included.
    pub content: String,
    /// The hashtags, without `#`.
    pub tags: Vec<String>,
    /// What stood in the closing parentheses.
    pub context: Option<String>,
}

impl Observation {
    /// The category an uncategorised observation is stored under.
    pub const DEFAULT_CATEGORY: &str = "note";

    /// Returns the category, or [`Self::DEFAULT_CATEGORY`].
    pub fn category(&self) -> &str {
        self.category.as_deref().unwrap_or(Self::DEFAULT_CATEGORY)
    }
}

/// A typed edge to another note: `- type [[Target]] (context)`, or `links_to` for a link in prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The type; [`Relation::LINKS_TO`] for a link without one.
    pub relation_type: String,
    /// The text between the brackets, trimmed, alias kept, `project::x` rewritten to `project/x`.
    pub target: String,
    /// Whether the target was written `project::x`, and so may resolve in that project only.
    pub qualified: bool,
    /// What stood in the parentheses after the link.
    pub context: Option<String>,
}

impl Relation {
    /// The type of a link that names none.
    pub const LINKS_TO: &str = "links_to";
}

/// Something odd in a note's text that was read in a defined way all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// One sentence naming the thing, without a trailing period.
    pub message: String,
}
