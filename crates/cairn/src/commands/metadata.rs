//! Frontmatter given as `key=value` or as a JSON object.
//!
//! Invariant: `key=value` is text, whatever it looks like; whoever means a number or a list writes JSON.

use crate::failure::{Failure, Result};
use cairn_note::Metadata;
use serde_json::Value;

/// Merges the arguments; a later one wins.
pub(super) fn read(arguments: &[String]) -> Result<Metadata> {
    let mut metadata = Metadata::new();
    for argument in arguments {
        if argument.trim_start().starts_with('{') {
            let object: Metadata = serde_json::from_str(argument).map_err(|error| {
                Failure::invalid(format!("{argument} is no JSON object: {error}"))
            })?;
            metadata.extend(object);
        } else {
            match argument.split_once('=') {
                Some((key, value)) if !key.trim().is_empty() => {
                    metadata.insert(key.trim().to_owned(), Value::from(value));
                }
                _ => {
                    return Err(Failure::invalid(format!(
                        "'{argument}' is neither KEY=VALUE nor a JSON object"
                    )));
                }
            }
        }
    }
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_objects_are_merged() {
        let arguments = [
            "status=draft",
            r#"{"priority": 3, "status": "done"}"#,
            "link=a=b",
        ]
        .map(str::to_owned);
        let metadata = read(&arguments).expect("all three are well formed");
        assert_eq!(
            Value::from(metadata),
            serde_json::json!({"status": "done", "priority": 3, "link": "a=b"})
        );
        assert!(read(&["status".to_owned()]).is_err());
        assert!(read(&["{\"a\"".to_owned()]).is_err());
        assert!(read(&["=x".to_owned()]).is_err());
    }
}
