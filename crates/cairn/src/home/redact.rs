//! A configuration without its secrets, for reports of faults.
//!
//! Invariant: what a key named as a secret holds, what stands before the `@` of a URL, and comments, which may hold
//! anything, are not in the answer.

use toml_edit::{DocumentMut, Item, Table, Value};

/// What stands in place of a secret.
const REMOVED: &str = "[removed]";

/// Ends of the names of secrets.
const SECRETS: [&str; 5] = ["token", "key", "secret", "password", "passphrase"];

/// Returns the values of a configuration without secrets, one table after another.
pub(super) fn toml(text: &str) -> String {
    match text.parse::<DocumentMut>() {
        Ok(document) => DocumentMut::from(table(document.as_table(), false)).to_string(),
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let before = text.as_bytes().iter().take(offset);
            let line = 1 + before.filter(|byte| **byte == b'\n').count();
            format!("# line {line} is no valid TOML\n")
        }
    }
}

/// A table made anew, so that no comment comes along.
fn table(given: &Table, secret: bool) -> Table {
    let mut kept = Table::new();
    kept.set_implicit(given.is_implicit());
    for (name, item) in given {
        let secret = secret || is_secret(name);
        let item = match item {
            Item::Value(given) => Item::Value(value(given, secret)),
            Item::Table(given) => Item::Table(table(given, secret)),
            Item::ArrayOfTables(given) => {
                Item::ArrayOfTables(given.iter().map(|given| table(given, secret)).collect())
            }
            Item::None => Item::None,
        };
        kept.insert(name, item);
    }
    kept
}

fn value(given: &Value, secret: bool) -> Value {
    match given {
        Value::InlineTable(given) => {
            let members = given.iter().map(|(name, inner)| {
                let secret = secret || is_secret(name);
                (name.to_owned(), value(inner, secret))
            });
            Value::InlineTable(members.collect())
        }
        _ if secret => REMOVED.into(),
        Value::String(text) => without_user(text.value()).into(),
        Value::Array(items) => Value::Array(items.iter().map(|item| value(item, false)).collect()),
        other => {
            let mut plain = other.clone();
            plain.decor_mut().clear();
            plain
        }
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    let singular = name.strip_suffix('s').unwrap_or(&name);
    SECRETS
        .iter()
        .any(|secret| name.ends_with(secret) || singular.ends_with(secret))
}

/// A text in which no URL has a user or a password.
fn without_user(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        kept.push_str(before);
        let end = after
            .find(|character: char| character.is_whitespace() || "/?#\"'<>".contains(character))
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(user) => {
                kept.push_str(REMOVED);
                &after[user..]
            }
            None => after,
        };
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_left() {
        let text = "\
# http_token = 'one'
http_token = 'two' # three
durability = 'os'
API_KEY = 'four'
kebab_filenames = true # five
url = 'postgres://ada:six@db.example/notes?x=1'
list = ['https://seven@example.org', 'plain']
inline = { password = 'eight', port = 5 }
tokens = ['nine']

[projects.work]
path = '/home/ada/notes'

[embedding.secrets]
any = 'ten'
";
        assert_eq!(
            toml(text),
            "\
http_token = \"[removed]\"
durability = \"os\"
API_KEY = \"[removed]\"
kebab_filenames = true
url = \"postgres://[removed]@db.example/notes?x=1\"
list = [\"https://[removed]@example.org\", \"plain\"]
inline = { password = \"[removed]\", port = 5 }
tokens = \"[removed]\"

[projects.work]
path = \"/home/ada/notes\"

[embedding.secrets]
any = \"[removed]\"
"
        );
        assert_eq!(toml("a = 1\nsecret = \n"), "# line 2 is no valid TOML\n");
    }
}
