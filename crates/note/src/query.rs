//! What a person typed into a search box, as a tree.

/// A parsed query. No text makes this fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// `None`: no text condition at all (blank, or `*`).
    pub expr: Option<Expr>,
    /// Tags from a `tag:a,b` query.
    pub tags: Vec<String>,
}
/// A node of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Plain words: any may match, more is better. Never empty.
    Any(Vec<Word>),
    /// A single word or quoted phrase that must match.
    Word(Word),
    /// All must match.
    And(Vec<Expr>),
    /// One must match.
    Or(Vec<Expr>),
    /// The first without the second; a leading `NOT x` has `None`.
    Not(Option<Box<Expr>>, Box<Expr>),
}
/// One user word or phrase: its terms as an adjacent sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As typed.
    pub text: String,
    /// Its terms (from the same splitter as the index), one or more.
    pub terms: Vec<String>,
    /// Whether the last term is a prefix (`mem*`, or a lone cluster of a continuous script).
    pub prefix: bool,
    /// A function word, dropped from plain queries unless nothing else is there (then never set).
    pub stop: bool,
}
impl Query {
    /// Parses; total.
    pub fn parse(text: &str) -> Self { let _ = text; todo!() }
}
