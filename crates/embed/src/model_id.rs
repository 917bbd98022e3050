//! Which model a vector comes from.
//!
//! It names a model, it does not find or load one.
//! Invariant: two ids are equal only if their vectors may be compared, so everything that changes a vector is in it.

use std::fmt;

/// What is put before a text, depending on what it is embedded for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// Before a question, for instance `query: `.
    pub query: String,
    /// Before a passage, for instance `passage: `.
    pub passage: String,
}

/// A model's name, revision, dimensions and prefixes, as one line of text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(String);

impl ModelId {
    /// The id of a model. The revision tells apart models of one name: a hash of the weights where there is one.
    pub fn new(name: &str, revision: &str, dimensions: usize, prefixes: &Prefixes) -> Self {
        let Prefixes { query, passage } = prefixes;
        Self(if query.is_empty() && passage.is_empty() {
            format!("{name}@{revision}/{dimensions}")
        } else {
            format!("{name}@{revision}/{dimensions} query={query:?} passage={passage:?}")
        })
    }

    /// The id as text, to be stored with every vector.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_changes_a_vector_changes_the_id() {
        let plain = Prefixes::default();
        let asked = Prefixes {
            query: "query: ".to_owned(),
            passage: String::new(),
        };
        let ids = [
            ModelId::new("m", "1", 384, &plain),
            ModelId::new("n", "1", 384, &plain),
            ModelId::new("m", "2", 384, &plain),
            ModelId::new("m", "1", 768, &plain),
            ModelId::new("m", "1", 384, &asked),
        ];
        assert_eq!(ids[0].as_str(), "m@1/384");
        assert_eq!(ids[4].as_str(), r#"m@1/384 query="query: " passage="""#);
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(ids.iter().position(|other| other == id), Some(at));
        }
    }
}
