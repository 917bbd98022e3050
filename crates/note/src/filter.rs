//! Metadata filters (core.md 7.5).
use crate::Metadata;
/// A parsed metadata filter: all conditions must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetadataFilter {
    /// The conditions.
    pub conditions: Vec<Condition>,
}
/// One condition on one (dotted) key.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// `[A-Za-z0-9_-]+` joined by dots.
    pub key: String,
    /// What must hold.
    pub test: Test,
}
/// A test on the stored (stringified) value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal.
    Equals(String),
    /// A list (or comma text) that has all of these.
    ContainsAll(Vec<String>),
    /// One of these.
    In(Vec<String>),
    /// Ordered comparison: numeric when both sides look numeric, else by text.
    Compare(Order, String),
    /// Inclusive range.
    Between(String, String),
}
/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order { /// >
    Greater, /// >=
    GreaterOrEqual, /// <
    Less, /// <=
    LessOrEqual }
/// Why a filter is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Placeholder.
    #[error("{0}")]
    Invalid(String),
}
impl MetadataFilter {
    /// core.md 7.5
    pub fn parse(filters: &Metadata) -> Result<Self, FilterError> { let _ = filters; todo!() }
    /// Whether a note's normalised metadata passes.
    pub fn matches(&self, metadata: &Metadata) -> bool { let _ = metadata; todo!() }
}
/// core.md 7.6: `MyType`, `my type`, `my-type` are one type.
pub fn canonical_type(text: &str) -> String { let _ = text; todo!() }
