//! Metadata filters: a JSON object of conditions on frontmatter, all of which must hold.
//!
//! Only the grammar and the truth of one note; an index may answer the same question in its own language.
//! Invariant: values are compared in the form metadata is stored in, so `true` asks for `"True"`.

use crate::{Metadata, frontmatter, tags};
use serde_json::{Map, Value};
use std::cmp::Ordering;

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

/// A test on the stored (stringified) value. A value that is absent, null or a map passes none.
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
pub enum Order {
    /// `$gt`
    Greater,
    /// `$gte`
    GreaterOrEqual,
    /// `$lt`
    Less,
    /// `$lte`
    LessOrEqual,
}

/// Why a filter is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A key has other characters than letters, digits, `_`, `-` and single dots.
    #[error(
        "the filter key '{0}' is not allowed: use letters, digits, '_' and '-', with dots for nested keys"
    )]
    Key(String),
    /// A condition's value is null, or nests a list or map where a single value belongs.
    #[error("the filter on '{key}' needs a text, a number or a boolean, not {found}")]
    NotScalar {
        /// The condition's key.
        key: String,
        /// The value as JSON.
        found: String,
    },
    /// A list without values, which every note would pass.
    #[error("the filter on '{0}' has an empty list")]
    EmptyList(String),
    /// `$in` without a list.
    #[error("the filter on '{0}' needs a list after $in")]
    InNeedsList(String),
    /// `$between` without exactly two values.
    #[error(
        "the filter on '{0}' needs a list of two values after $between, the least and the greatest"
    )]
    BetweenNeedsTwo(String),
    /// An operator nobody knows.
    #[error(
        "the filter on '{key}' has the unknown operator '{operator}': use $in, $gt, $gte, $lt, $lte or $between"
    )]
    UnknownOperator {
        /// The condition's key.
        key: String,
        /// The operator as written.
        operator: String,
    },
    /// An object with no operator or several.
    #[error("the filter on '{0}' needs exactly one operator")]
    OneOperator(String),
}

impl MetadataFilter {
    /// Parses `{"status": "open", "tags": ["a", "b"], "priority": {"$gte": 2}}` and the like.
    ///
    /// # Errors
    /// A [`FilterError`] naming the key at fault.
    pub fn parse(filters: &Metadata) -> Result<Self, FilterError> {
        let conditions = filters.iter().map(|(key, value)| {
            if !is_key(key) {
                return Err(FilterError::Key(key.clone()));
            }
            Ok(Condition {
                key: key.clone(),
                test: test(key, value)?,
            })
        });
        Ok(Self {
            conditions: conditions.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a note's normalised metadata passes.
    pub fn matches(&self, metadata: &Metadata) -> bool {
        self.conditions
            .iter()
            .all(|condition| condition.matches(metadata))
    }
}

impl Condition {
    /// Whether this condition holds for a note's normalised metadata.
    pub fn matches(&self, metadata: &Metadata) -> bool {
        let mut keys = self.key.split('.');
        let first = keys.next().and_then(|key| metadata.get(key));
        let Some(value) = keys
            .try_fold(first, |value, key| value.map(|value| value.get(key)))
            .flatten()
        else {
            return false;
        };
        match (&self.test, value) {
            (Test::ContainsAll(wanted), value) => contains_all(&self.key, value, wanted),
            (test, Value::String(text)) => test.holds(text),
            _ => false,
        }
    }
}

impl Test {
    fn holds(&self, stored: &str) -> bool {
        match self {
            Self::Equals(wanted) => stored == wanted,
            Self::In(wanted) => wanted.iter().any(|wanted| wanted == stored),
            Self::ContainsAll(_) => false,
            Self::Compare(order, limit) => {
                let found = match (numeric(stored), numeric(limit)) {
                    (Some(stored), Some(limit)) => stored.total_cmp(&limit),
                    _ => stored.cmp(limit),
                };
                order.accepts(found)
            }
            Self::Between(least, greatest) => {
                match (numeric(stored), numeric(least), numeric(greatest)) {
                    (Some(stored), Some(least), Some(greatest)) => {
                        least <= stored && stored <= greatest
                    }
                    _ => least.as_str() <= stored && stored <= greatest.as_str(),
                }
            }
        }
    }
}

impl Order {
    fn accepts(self, found: Ordering) -> bool {
        match self {
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
        }
    }
}

/// Returns the form in which types of notes are compared: `MyType`, `my type` and `my-type` are one type.
pub fn canonical_type(text: &str) -> String {
    let mut canonical = String::with_capacity(text.len() + 2);
    let mut previous = ' ';
    for char in text.trim().chars() {
        if char.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit())
        {
            canonical.push('_');
        }
        match char {
            ' ' | '-' | '\\' | '.' => canonical.push('_'),
            _ => canonical.extend(char.to_lowercase()),
        }
        previous = char;
    }
    canonical
}

fn is_key(key: &str) -> bool {
    key.split('.').all(|part| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

fn test(key: &str, value: &Value) -> Result<Test, FilterError> {
    match value {
        Value::Array(items) => Ok(Test::ContainsAll(scalars(key, items)?)),
        Value::Object(operators) => operator(key, operators),
        value => Ok(Test::Equals(scalar(key, value)?)),
    }
}

fn operator(key: &str, operators: &Map<String, Value>) -> Result<Test, FilterError> {
    let mut operators = operators.iter();
    let (Some((operator, value)), None) = (operators.next(), operators.next()) else {
        return Err(FilterError::OneOperator(key.to_owned()));
    };
    let compare = |order| Ok(Test::Compare(order, scalar(key, value)?));
    match operator.as_str() {
        "$gt" => compare(Order::Greater),
        "$gte" => compare(Order::GreaterOrEqual),
        "$lt" => compare(Order::Less),
        "$lte" => compare(Order::LessOrEqual),
        "$in" => match value {
            Value::Array(items) => Ok(Test::In(scalars(key, items)?)),
            _ => Err(FilterError::InNeedsList(key.to_owned())),
        },
        "$between" => match value.as_array().map(Vec::as_slice) {
            Some([least, greatest]) => {
                Ok(Test::Between(scalar(key, least)?, scalar(key, greatest)?))
            }
            _ => Err(FilterError::BetweenNeedsTwo(key.to_owned())),
        },
        _ => Err(FilterError::UnknownOperator {
            key: key.to_owned(),
            operator: operator.clone(),
        }),
    }
}

fn scalars(key: &str, items: &[Value]) -> Result<Vec<String>, FilterError> {
    if items.is_empty() {
        return Err(FilterError::EmptyList(key.to_owned()));
    }
    items.iter().map(|item| scalar(key, item)).collect()
}

/// The value in the form metadata is stored in.
fn scalar(key: &str, value: &Value) -> Result<String, FilterError> {
    match frontmatter::normalise(value) {
        Value::String(text) => Ok(text),
        _ => Err(FilterError::NotScalar {
            key: key.to_owned(),
            found: value.to_string(),
        }),
    }
}

/// `-?\d+(\.\d+)?`
fn numeric(text: &str) -> Option<f64> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    if digits(whole) && digits(fraction) {
        text.parse().ok()
    } else {
        None
    }
}

/// A text counts as the list it spells: `a, b`, `["a", "b"]` or `['a', 'b']`. Tags are compared without their `#`.
fn contains_all(key: &str, value: &Value, wanted: &[String]) -> bool {
    let has = |wanted: &String| match value {
        Value::Array(items) => items.iter().any(|item| item.as_str() == Some(wanted)),
        Value::String(text) => {
            text.contains(&format!("\"{wanted}\""))
                || text.contains(&format!("'{wanted}'"))
                || tags::parse_text(text).contains(wanted)
        }
        _ => false,
    };
    if wanted.iter().all(has) {
        return true;
    }
    key == "tags" && {
        let found = tags::parse(value);
        wanted.iter().all(|wanted| {
            found
                .iter()
                .any(|tag| tag == wanted.trim_start_matches('#'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_type_has_many_spellings() {
        for spelling in [
            "MyType",
            "my type",
            "my-type",
            " my_type ",
            "my.type",
            "my\\type",
            "My Type",
        ] {
            assert_eq!(canonical_type(spelling), "my_type");
        }
        assert_eq!(canonical_type("Chapter"), "chapter");
        assert_eq!(canonical_type("HTTPServer2Go"), "httpserver2_go");
        assert_eq!(canonical_type("Évaluation"), "évaluation");
        assert_eq!(canonical_type(""), "");
    }
}
