//! Wiki links, memory:// URLs and globs.

/// What stands between `[[` and `]]` (or what a person typed to name a note), cleaned: core.md 3.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    /// Trimmed, brackets and alias removed, `a::b` as `a/b`.
    pub name: String,
    /// The name before its first `#`, when it has one and something stands before it: tried when the whole name resolves nowhere.
    pub without_heading: Option<String>,
    /// What follows that `#` (a heading, or `^block`).
    pub heading: Option<String>,
    /// Whether the project was named with `::`.
    pub qualified: bool,
}

impl LinkTarget {
    /// core.md 3.1; `None` when nothing is left.
    pub fn parse(text: &str) -> Option<Self> { let _ = text; todo!() }
    /// (first segment, rest) when the name has a `/`: a candidate for another project.
    pub fn project_prefix(&self) -> Option<(&str, &str)> { todo!() }
    /// The texts tried against permalinks, in order (core.md 3.2): exact without outer slashes, slug, `project/slug`, and the name without its own project prefix; deduplicated.
    pub fn permalink_candidates(&self, project: Option<&str>) -> Vec<String> { let _ = project; todo!() }
}

/// The canonical lowercase hyphenated form when `text` looks like a UUID (any case, with or without hyphens).
pub fn uuid(text: &str) -> Option<String> { let _ = text; todo!() }

/// A coarse key of a link's or a note's name: whatever rule of resolution makes a link find a note, both have an equal bucket.
/// Last `/` segment, cut at the first `#` (if something stands before it), without `.md`, transliterated as a slug, and without `-` and `.`;
/// when that is empty, the NFC case-folded segment itself.
pub fn bucket(text: &str) -> String { let _ = text; todo!() }

/// A parsed `memory://` URL (or the path of one): core.md 8.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryUrl {
    /// The path after `memory://`, trimmed; may hold `*`.
    pub path: String,
}
/// Why a text is not a memory URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Placeholder.
    #[error("the URL is empty")]
    Empty,
}
impl MemoryUrl {
    /// Accepts with or without `memory://`.
    pub fn parse(text: &str) -> Result<Self, UrlError> { let _ = text; todo!() }
    /// The pattern when the path holds a `*`: each part between stars slugged.
    pub fn pattern(&self) -> Option<Glob> { todo!() }
}

/// `*` any run (`/` included), `?` one character, `[...]` a set; everything else literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);
impl Glob {
    /// Total: an unclosed `[` is literal.
    pub fn new(pattern: &str) -> Self { Self(pattern.to_owned()) }
    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool { let _ = text; todo!() }
    /// The pattern as written.
    pub fn as_str(&self) -> &str { &self.0 }
    /// The literal text before the first wildcard.
    pub fn literal_prefix(&self) -> &str { todo!() }
}
