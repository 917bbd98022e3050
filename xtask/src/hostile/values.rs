//! What no well-meaning client sends: values of every kind, right and wrong.
//!
//! It sends nothing. Invariant: the same random numbers give the same values.

use crate::generate::random::Random;
use serde_json::{Map, Value, json};

/// Arguments as the schema names them, with values it does not expect; sometimes names it does not know.
pub(super) fn arguments_for(tool: &Value, random: &mut Random) -> Value {
    let mut arguments = Map::new();
    let empty = Map::new();
    let properties = tool["inputSchema"]["properties"]
        .as_object()
        .unwrap_or(&empty);
    for (name, schema) in properties {
        let required = tool["inputSchema"]["required"]
            .as_array()
            .is_some_and(|required| required.contains(&json!(name)));
        if required && random.below(20) > 0 || random.below(4) == 0 {
            arguments.insert(name.clone(), value(name, schema, random));
        }
    }
    if random.below(15) == 0 {
        arguments.insert(hostile_text(random), any(random, 0));
    }
    // Folders it may really make are a person's business; every other one is refused.
    if arguments.contains_key("project_path") {
        arguments.insert(
            "project_path".to_owned(),
            json!(PATHS[random.below(PATHS.len())]),
        );
    }
    Value::Object(arguments)
}

/// Mostly a value of the right kind, so that calls get past the door.
fn value(name: &str, schema: &Value, random: &mut Random) -> Value {
    if random.below(5) == 0 {
        return any(random, 0);
    }
    match schema["type"].as_str() {
        Some("integer" | "number") => number(random),
        Some("boolean") => json!(random.below(2) == 0),
        Some("array") => json!(
            (0..random.below(4))
                .map(|_| hostile_text(random))
                .collect::<Vec<_>>()
        ),
        Some("object") => any_object(random, 1),
        _ => match schema["enum"].as_array() {
            Some(words) if random.below(4) > 0 => words[random.below(words.len())].clone(),
            _ if matches!(name, "project" | "project_id" | "workspace") && random.below(2) == 0 => {
                json!("main")
            }
            _ => json!(hostile_text(random)),
        },
    }
}

const PATHS: &[&str] = &[
    "",
    " ",
    "relative/folder",
    "../up",
    "~nobody/x",
    "\0",
    "/proc/version/x",
    "/dev/null/x",
    "a\nb",
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b.md",
    "../../outside/secret.md",
    "..\\..\\outside\\secret.md",
    "/etc/passwd",
    "~/x",
    "C:\\x",
    "link/secret.md",
    "link/secret",
    "link",
    "./././link/../link/secret.md",
    "....//....//outside/secret",
    "%2e%2e%2foutside",
    "memory://",
    "memory://main",
    "memory://main/../../outside/secret",
    "memory://link/secret",
    "memory://*",
    "memory://nobody/x/y",
    "*",
    "**",
    "*a*a*a*a*a*a*a*a*a*a*a*a*b",
    "[a-",
    "[[",
    "]]",
    "[[[[[[[[",
    "tag:",
    "tag:,,,",
    "\"",
    "\"\"\"",
    "(((((",
    "AND OR NOT",
    "NEAR(a b)",
    "a AND (b OR",
    "title:x",
    "-x",
    "x*",
    "'; DROP TABLE note; --",
    "%s%n%x",
    "\u{202e}txt",
    "🪨🪨🪨",
    "e\u{301}\u{301}\u{301}",
    "你好",
    "---\n---\n",
    "---\na: &a [*a]\n---\n",
    "---\ntitle: [\n---\n",
    "---\n? {x\n---\n",
    "# ",
    "- [",
    "- [x",
    "- a [[b",
    "99999999999999999999d",
    "-1d",
    "0",
    "yesterday",
    "tomorrow",
    "1e309",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "[1,2",
    "{\"a\":",
    "con",
    "nul.md",
    "aux",
    "a.",
    "a ",
    ".hidden",
    ".git/config",
    ".obsidian/x.md",
    "a/../b",
    "a//b",
    "a/./b",
    "/",
    "//",
    "\\",
    ".",
    "..",
    "1-2",
    "0-0",
    "2-1",
    "18446744073709551616",
    "append",
    "replace_section",
    "text",
    "json",
    "permalink",
    "vector",
    "main",
    "Main",
    "main/x",
];

fn hostile_text(random: &mut Random) -> String {
    match random.below(40) {
        0 => "x".repeat(1 << 16),
        1 => "../".repeat(2_000),
        2 => "a/".repeat(3_000),
        3 => "[".repeat(20_000),
        4 => "word ".repeat(20_000),
        5 => (0..50)
            .map(|_| char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}'))
            .collect(),
        6 => format!("a{}", "\u{301}".repeat(5_000)),
        7 => "漢".repeat(10_000),
        8 => format!(
            "---\n{}\n---\n",
            (0..2_000)
                .map(|at| format!("k{at}: v\n"))
                .collect::<String>()
        ),
        9 => "x".repeat(1 << 20),
        _ => TEXTS[random.below(TEXTS.len())].to_owned(),
    }
}

fn number(random: &mut Random) -> Value {
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(2),
        json!(10),
        json!(1000),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(0.5),
        json!(-0.0),
        json!("3"),
        json!("three"),
    ];
    numbers[random.below(numbers.len())].clone()
}

fn any(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth > 3 { 4 } else { 7 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => number(random),
        3 | 4 => json!(hostile_text(random)),
        5 => json!(
            (0..random.below(5))
                .map(|_| any(random, depth + 1))
                .collect::<Vec<_>>()
        ),
        _ => any_object(random, depth + 1),
    }
}

fn any_object(random: &mut Random, depth: usize) -> Value {
    let mut object = Map::new();
    for _ in 0..random.below(4) {
        let key = match random.below(3) {
            0 => hostile_text(random),
            _ => [
                "$in",
                "$gt",
                "$between",
                "title",
                "permalink",
                "tags",
                "a.b.c",
            ][random.below(7)]
            .to_owned(),
        };
        object.insert(key, any(random, depth));
    }
    Value::Object(object)
}
