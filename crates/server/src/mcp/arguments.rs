//! The arguments of a call, read by a tool's declaration.
//!
//! Forgiving about form (a number in a string, a list in JSON, another spelling of a name), strict about the rest.
//! Invariant: what a tool reads here has the kind its declaration says, and defaults are filled in.

use super::declaration::{Declaration, Effect, Kind, Need, Parameter};
use super::excerpt::excerpt;
use serde_json::{Map, Value};

/// Arguments as a tool reads them: canonical names, right kinds, defaults filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    values: Map<String, Value>,
}

/// Why arguments are not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// A required one is missing.
    #[error("{tool}: missing required argument '{name}' ({description})")]
    Missing {
        /// The tool.
        tool: &'static str,
        /// The parameter.
        name: &'static str,
        /// What it means.
        description: &'static str,
    },
    /// The tool has no such parameter.
    #[error("{tool}: unexpected argument '{name}'")]
    Unknown {
        /// The tool.
        tool: &'static str,
        /// As given.
        name: String,
        /// What was perhaps meant, else everything the tool takes.
        near: Vec<&'static str>,
    },
    /// Two spellings of one parameter.
    #[error("{tool}: both '{first}' and '{second}' were given, which are the same argument")]
    Twice {
        /// The tool.
        tool: &'static str,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// The value is none of the words to choose from.
    #[error("Invalid {name} '{found}'. Must be one of: {}", words.join(", "))]
    Choice {
        /// The parameter.
        name: &'static str,
        /// What it is, shortened.
        found: String,
        /// The words.
        words: &'static [&'static str],
    },
    /// The value is of another kind or out of bounds.
    #[error("{tool}: argument '{name}' must be {expected}, not {found}")]
    Kind {
        /// The tool.
        tool: &'static str,
        /// The parameter.
        name: &'static str,
        /// What it must be.
        expected: String,
        /// What it is, shortened.
        found: String,
    },
}

impl ArgumentError {
    /// Returns the way out.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { near, .. } if !near.is_empty() => {
                Some(format!("it takes {}", near.join(", ")))
            }
            Self::Twice { first, .. } => Some(format!("give only '{first}'")),
            _ => None,
        }
    }
}

impl Arguments {
    /// Reads arguments as they came over the wire.
    pub fn read(tool: &Declaration, given: Map<String, Value>) -> Result<Self, ArgumentError> {
        let mut values = Map::new();
        let mut spelled: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in given {
            let parameter = parameter(tool, &name)?;
            if value.is_null() {
                continue;
            }
            if let Some((_, first)) = spelled.iter().find(|(known, _)| *known == parameter.name) {
                return Err(ArgumentError::Twice {
                    tool: tool.name,
                    first: first.clone(),
                    second: name,
                });
            }
            values.insert(parameter.name.to_owned(), coerce(tool, parameter, value)?);
            spelled.push((parameter.name, name));
        }
        for parameter in tool.parameters {
            if values.contains_key(parameter.name) {
                continue;
            }
            match parameter.need {
                Need::Required => {
                    return Err(ArgumentError::Missing {
                        tool: tool.name,
                        name: parameter.name,
                        description: parameter.description,
                    });
                }
                Need::Optional => {}
                Need::Default(json) => {
                    let value = serde_json::from_str(json).expect("a default is JSON");
                    values.insert(parameter.name.to_owned(), value);
                }
            }
        }
        Ok(Self { values })
    }

    /// Returns a text that is required or has a default.
    pub fn text(&self, name: &str) -> &str {
        self.optional_text(name).unwrap_or_default()
    }

    /// Returns a text, if it was given.
    pub fn optional_text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    /// Returns a whole number that has a default.
    pub fn integer(&self, name: &str) -> i64 {
        self.optional_integer(name).unwrap_or_default()
    }

    /// Returns a whole number, if it was given.
    pub fn optional_integer(&self, name: &str) -> Option<i64> {
        self.values.get(name)?.as_i64()
    }

    /// Returns a whole number that is not negative and has a default.
    pub fn count(&self, name: &str) -> usize {
        usize::try_from(self.integer(name)).unwrap_or_default()
    }

    /// Returns a number, if it was given.
    pub fn optional_number(&self, name: &str) -> Option<f64> {
        self.values.get(name)?.as_f64()
    }

    /// Returns a boolean; one that was not given and has no default is no.
    pub fn flag(&self, name: &str) -> bool {
        self.optional_flag(name).unwrap_or_default()
    }

    /// Returns a boolean, if it was given.
    pub fn optional_flag(&self, name: &str) -> Option<bool> {
        self.values.get(name)?.as_bool()
    }

    /// Returns the texts of a list; none when it was not given.
    pub fn list(&self, name: &str) -> Vec<String> {
        let items = self.values.get(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    /// Returns an object; empty when it was not given.
    pub fn object(&self, name: &str) -> Map<String, Value> {
        match self.values.get(name) {
            Some(Value::Object(object)) => object.clone(),
            _ => Map::new(),
        }
    }

    /// Whether it was given or has a default.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }
}

fn parameter<'t>(tool: &'t Declaration, name: &str) -> Result<&'t Parameter, ArgumentError> {
    let mut parameters = tool.parameters.iter();
    parameters
        .find(|parameter| parameter.name == name || parameter.aliases.contains(&name))
        .ok_or_else(|| {
            let mut near: Vec<_> = tool
                .parameters
                .iter()
                .map(|parameter| (strsim::jaro_winkler(parameter.name, name), parameter.name))
                .filter(|(likeness, _)| *likeness > 0.8)
                .collect();
            near.sort_by(|one, other| other.0.total_cmp(&one.0));
            let near = if near.is_empty() {
                tool.parameters
                    .iter()
                    .map(|parameter| parameter.name)
                    .collect()
            } else {
                near.into_iter().map(|(_, name)| name).collect()
            };
            ArgumentError::Unknown {
                tool: tool.name,
                name: name.chars().take(100).collect(),
                near,
            }
        })
}

fn coerce(
    declared: &Declaration,
    parameter: &Parameter,
    value: Value,
) -> Result<Value, ArgumentError> {
    let tool = declared.name;
    let found = shown(&value);
    if let (Kind::Text, Value::String(text)) = (parameter.kind, &value)
        && declared.effect != Effect::ReadOnly
        && text.len() > LONGEST_NAME
        && !LONG_TEXTS.contains(&parameter.name)
    {
        return Err(ArgumentError::Kind {
            tool,
            name: parameter.name,
            expected: format!("at most {LONGEST_NAME} bytes long"),
            found: format!("{found} ({} bytes)", text.len()),
        });
    }
    if let (Kind::Choice(words), Value::String(text)) = (parameter.kind, &value) {
        return choice(text, words).ok_or_else(|| ArgumentError::Choice {
            name: parameter.name,
            found: text.chars().take(60).collect(),
            words,
        });
    }
    let coerced = match parameter.kind {
        Kind::Text => text(value).map(Value::String),
        Kind::Choice(words) => text(value).and_then(|text| choice(&text, words)),
        Kind::Integer { least, most } => integer(&value)
            .filter(|number| (least..=most).contains(number))
            .map(Value::from),
        Kind::Number { least, most } => number(&value)
            .filter(|number| (least..=most).contains(number))
            .map(Value::from),
        Kind::Boolean => boolean(&value).map(Value::Bool),
        Kind::List => list(value),
        Kind::Object => object(value).map(Value::Object),
    };
    coerced.ok_or_else(|| ArgumentError::Kind {
        tool,
        name: parameter.name,
        expected: expected(parameter.kind),
        found,
    })
}

/// The texts of any length that a tool which changes something takes.
const LONG_TEXTS: [&str; 2] = ["content", "find_text"];
/// Bytes of every other text it takes: it names something, and answers repeat it. A reader just finds nothing.
const LONGEST_NAME: usize = 8192;

/// The value as JSON, cut to what fits into a sentence.
fn shown(value: &Value) -> String {
    let json = match value {
        Value::Object(object) => format!("an object with {} keys", object.len()),
        Value::Array(items) if items.len() > 5 => format!("a list of {}", items.len()),
        _ => value.to_string(),
    };
    excerpt(&json, 60).into_owned()
}

fn expected(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Choice(words) => format!("one of {}", words.join(", ")),
        Kind::Integer { least, most } => format!("a whole number from {least} to {most}"),
        Kind::Number { least, most } => format!("a number from {least} to {most}"),
        Kind::Boolean => "true or false".to_owned(),
        Kind::List => "a list of texts".to_owned(),
        Kind::Object => "an object".to_owned(),
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn choice(text: &str, words: &'static [&'static str]) -> Option<Value> {
    let text = text.trim();
    let word = words.iter().find(|word| word.eq_ignore_ascii_case(text))?;
    Some(Value::String((*word).to_owned()))
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        // 2.0 is how some clients write 2.
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be whole and small"
            )]
            (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64)
        }),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => value.as_f64(),
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" | "y" => Some(true),
            "false" | "no" | "off" | "0" | "n" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn list(value: Value) -> Option<Value> {
    let items = match value {
        Value::Array(items) => items,
        Value::String(text) => match serde_json::from_str(text.trim()) {
            Ok(Value::Array(items)) if text.trim_start().starts_with('[') => items,
            _ => vec![Value::String(text)],
        },
        other => vec![other],
    };
    let mut texts = Vec::new();
    for item in items {
        let whole = text(item)?;
        texts.extend(
            whole
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned())),
        );
    }
    Some(Value::Array(texts))
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        },
        _ => None,
    }
}
