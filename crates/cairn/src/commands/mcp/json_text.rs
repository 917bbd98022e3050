//! One member of a JSON text changed, and no other byte.
//!
//! Not a parser: the text has been found valid before. Invariant: what is not the changed member stays as it was
//! written, its order, its spaces and its spelling of numbers.

use serde_json::{Map, Value};
use std::ops::Range;

/// What the text says with the change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// It says so already.
    Not,
    /// The new text.
    Text(String),
}

/// Sets `text[section][name]`: a member that runs a command keeps what else it says, anything else is replaced. `Err`
/// says why the text cannot be changed.
pub(super) fn set(text: &str, section: &str, name: &str, entry: &Value) -> Result<Changed, String> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let body = if body.trim().is_empty() { "{}\n" } else { body };
    let root: Value = serde_json::from_str(body).map_err(|error| {
        let comment = if body.contains("//") || body.contains("/*") {
            "; comments are not JSON, and would be lost"
        } else {
            ""
        };
        format!("it is no plain JSON (line {}){comment}", error.line())
    })?;
    let root = root.as_object().ok_or("it is no JSON object")?;
    let servers = match root.get(section) {
        None => None,
        Some(Value::Object(servers)) => Some(servers),
        Some(_) => return Err(format!("its \"{section}\" is no object")),
    };
    let known = servers.and_then(|servers| servers.get(name));
    let entry = joined(known, entry);
    if known == Some(&entry) {
        return Ok(Changed::Not);
    }
    let splice = Splice::new(body);
    let top = splice.object(splice.first());
    let changed = match top.member(section) {
        None => {
            let section_value = serde_json::json!({ name: entry });
            splice.add(&top, section, &section_value, 1)
        }
        Some(value) => {
            let inner = splice.object(value.start);
            match inner.member(name) {
                Some(value) => splice.replace(value, &entry, 2),
                None => splice.add(&inner, name, &entry, 2),
            }
        }
    };
    debug_assert!(serde_json::from_str::<Value>(&changed).is_ok());
    Ok(Changed::Text(format!("{mark}{changed}")))
}

/// The entry with what a person added to it.
fn joined(known: Option<&Value>, entry: &Value) -> Value {
    let (Some(Value::Object(known)), Value::Object(entry)) = (known, entry) else {
        return entry.clone();
    };
    if !known.contains_key("command") {
        return Value::Object(entry.clone());
    }
    let mut joined: Map<String, Value> = known.clone();
    for (key, value) in entry {
        joined.insert(key.clone(), value.clone());
    }
    Value::Object(joined)
}

/// A valid JSON text in which something is put.
struct Splice<'t> {
    text: &'t str,
    newline: &'static str,
    indent: String,
}

/// Where the members of an object are.
struct Object {
    members: Vec<(String, Range<usize>)>,
    /// Behind its opening brace.
    open: usize,
    /// Of its closing brace.
    close: usize,
}

impl Object {
    /// The value of a member; of two with one name the later one, as readers take it.
    fn member(&self, name: &str) -> Option<Range<usize>> {
        let member = self.members.iter().rev().find(|(known, _)| known == name);
        member.map(|(_, value)| value.clone())
    }
}

impl<'t> Splice<'t> {
    fn new(text: &'t str) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let first = text.split_once('\n').map(|(_, rest)| {
            let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            rest[..spaces].to_owned()
        });
        Self {
            text,
            newline,
            indent: first
                .filter(|spaces| !spaces.is_empty())
                .unwrap_or_else(|| "  ".to_owned()),
        }
    }

    fn first(&self) -> usize {
        self.skip_space(0)
    }

    /// Puts a member behind the last one.
    fn add(&self, object: &Object, name: &str, value: &Value, depth: usize) -> String {
        let line = format!(
            "{}{}{}: {}",
            self.newline,
            self.indent.repeat(depth),
            Value::from(name),
            self.written(value, depth)
        );
        match object.members.last() {
            Some((_, last)) => self.with(last.end..last.end, &format!(",{line}")),
            None => {
                let end = format!("{line}{}{}", self.newline, self.indent.repeat(depth - 1));
                self.with(object.open..object.close, &end)
            }
        }
    }

    fn replace(&self, old: Range<usize>, value: &Value, depth: usize) -> String {
        self.with(old, &self.written(value, depth))
    }

    fn with(&self, range: Range<usize>, new: &str) -> String {
        [&self.text[..range.start], new, &self.text[range.end..]].concat()
    }

    /// A value as it stands at a depth, in the text's own indentation.
    fn written(&self, value: &Value, depth: usize) -> String {
        let pretty = format!("{value:#}");
        let mut lines = pretty.lines();
        let mut written = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            let rest = line.trim_start_matches(' ');
            let inner = (line.len() - rest.len()) / 2;
            written += self.newline;
            written += &self.indent.repeat(depth + inner);
            written += rest;
        }
        written
    }

    /// Finds the members of the object whose brace is at `start`.
    fn object(&self, start: usize) -> Object {
        let mut members = Vec::new();
        let open = start + 1;
        let mut at = self.skip_space(open);
        while self.byte(at) == b'"' {
            let key_end = self.skip_string(at);
            let key = serde_json::from_str(&self.text[at..key_end]).unwrap_or_default();
            let value = self.skip_space(self.skip_space(key_end) + 1);
            let end = self.skip_value(value);
            members.push((key, value..end));
            at = self.skip_space(end);
            if self.byte(at) == b',' {
                at = self.skip_space(at + 1);
            }
        }
        Object {
            members,
            open,
            close: at,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(b'}')
    }

    fn skip_space(&self, mut at: usize) -> usize {
        while self.byte(at).is_ascii_whitespace() {
            at += 1;
        }
        at
    }

    /// Behind the string that begins here.
    fn skip_string(&self, start: usize) -> usize {
        let mut at = start + 1;
        while at < self.text.len() && self.byte(at) != b'"' {
            at += if self.byte(at) == b'\\' { 2 } else { 1 };
        }
        at + 1
    }

    /// Behind the value that begins here.
    fn skip_value(&self, start: usize) -> usize {
        let (mut at, mut depth) = (start, 0_usize);
        while at < self.text.len() {
            match self.byte(at) {
                b'"' => {
                    at = self.skip_string(at);
                    if depth == 0 {
                        return at;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    if depth == 0 {
                        return at;
                    }
                    depth -= 1;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                b',' if depth == 0 => return at,
                byte if byte.is_ascii_whitespace() && depth == 0 => return at,
                _ => {}
            }
            at += 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(text: &str) -> String {
        let entry = json!({"command": "/bin/cairn", "args": ["mcp"]});
        match set(text, "mcpServers", "cairn", &entry).expect("the text can be changed") {
            Changed::Text(text) => {
                let again = set(&text, "mcpServers", "cairn", &entry);
                assert_eq!(again, Ok(Changed::Not), "{text}");
                text
            }
            Changed::Not => panic!("nothing changed in {text}"),
        }
    }

    const ENTRY: &str = r#""cairn": {
      "command": "/bin/cairn",
      "args": [
        "mcp"
      ]
    }"#;

    #[test]
    fn a_missing_file_and_an_empty_one_become_one() {
        let expected = format!("{{\n  \"mcpServers\": {{\n    {ENTRY}\n  }}\n}}\n");
        assert_eq!(changed(""), expected);
        assert_eq!(changed(" \n"), expected);
        assert_eq!(changed("{}\n"), expected);
        assert_eq!(
            changed("{ \"mcpServers\": {} }").matches("cairn\"").count(),
            2
        );
    }

    #[test]
    fn no_other_byte_changes() {
        let before = "{\n  \"a\" : [1.0,  1e2, 123456789012345678901234567890],\n  \"mcpServers\": {\n    \"x\": \
                      {\"command\":\"\\u0078 {]\\\"\"}\n  },\n  \"z\": \"é\\u00e9\"\n}";
        let expected = before.replace("\"}\n  },", &format!("\"}},\n    {ENTRY}\n  }},"));
        assert_eq!(changed(before), expected);
        let tabs = "{\r\n\t\"theme\": null\r\n}\r\n";
        assert_eq!(
            changed(tabs),
            "{\r\n\t\"theme\": null,\r\n\t\"mcpServers\": {\r\n\t\t\"cairn\": {\r\n\t\t\t\"command\": \
             \"/bin/cairn\",\r\n\t\t\t\"args\": [\r\n\t\t\t\t\"mcp\"\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}\r\n"
        );
        assert!(changed("\u{feff}{\"a\":true}").starts_with("\u{feff}{\"a\":true,\n"));
    }

    #[test]
    fn an_older_entry_is_replaced_and_keeps_what_was_added_to_it() {
        let before =
            r#"{"mcpServers": {"cairn": {"command": "old", "env": {"A": "b"}}, "x": {}}, "n": 1}"#;
        let after: Value = serde_json::from_str(&changed(before)).expect("it is JSON");
        assert_eq!(
            after["mcpServers"]["cairn"],
            json!({"command": "/bin/cairn", "env": {"A": "b"}, "args": ["mcp"]})
        );
        let before = r#"{"mcpServers": {"cairn": {"url": "http://127.0.0.1:8000/mcp"}}}"#;
        assert!(!changed(before).contains("url"));
    }

    #[test]
    fn what_is_no_plain_json_is_refused() {
        let refused =
            |text| set(text, "mcpServers", "cairn", &json!({})).expect_err("it is refused");
        assert_eq!(
            refused("{\n  // mine\n}"),
            "it is no plain JSON (line 2); comments are not JSON, and would be lost"
        );
        assert_eq!(refused("{\n \"a\": 1,\n}"), "it is no plain JSON (line 3)");
        assert_eq!(refused("[]"), "it is no JSON object");
        assert_eq!(
            refused("{\"mcpServers\": []}"),
            "its \"mcpServers\" is no object"
        );
    }
}
