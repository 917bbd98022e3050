//! `cargo xtask hostile`: calls that no well-meaning client makes, against a running server.
//!
//! Random and malicious arguments for every tool: wrong types, huge texts, paths that lead out, NUL, unknown projects.
//! Invariant: each answer is a result or a typed error, nothing outside the vault changes, the process goes on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::generate::random::Random;
use crate::wire::{Wire, failed, text};

const CALLS: usize = 10_000;

/// Nothing that is asked may take longer.
const LONGEST: Duration = Duration::from_secs(5);

/// Makes so many calls (10,000 unless told) from a seed (1 unless told).
///
/// # Errors
///
/// When an answer, a file or the process is not as it should be.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let number = |at: usize, default: usize| match arguments.get(at) {
        Some(text) => text.parse().context("hostile [CALLS [SEED]]"),
        None => Ok(default),
    };
    let (calls, seed) = (number(0, CALLS)?, number(1, 1)?);
    let sandbox = Sandbox::new()?;
    let before = everything(&sandbox.outside)?;
    let mut wire = Wire::start(&sandbox.cairn, &sandbox.home, &[])?;
    let tools = wire.tools()?;
    let mut random = Random::new(seed as u64);
    let calls: Vec<(String, Value)> = (0..calls)
        .map(|_| {
            let tool = &tools[random.below(tools.len())];
            (name(tool).to_owned(), arguments_for(tool, &mut random))
        })
        .collect();
    let borrowed: Vec<(&str, Value)> = calls
        .iter()
        .map(|(tool, arguments)| (tool.as_str(), arguments.clone()))
        .collect();
    let (mut errors, mut slowest) = (0, (Duration::ZERO, String::new()));
    wire.calls(&borrowed, 8, |answer| {
        let (tool, arguments) = &calls[answer.call];
        check(tool, arguments, &answer.result)?;
        errors += usize::from(answer.result["isError"] == json!(true));
        if answer.took > slowest.0 {
            slowest = (answer.took, shortened(tool, arguments));
        }
        ensure!(
            answer.took < LONGEST,
            "took {:?}: {}: {}",
            answer.took,
            shortened(tool, arguments),
            text(&answer.result)
        );
        Ok(())
    })?;
    wire.garbage()?;
    wire.call("list_directory", json!({}))?;
    let left = wire.end()?;
    let after = everything(&sandbox.outside)?;
    ensure!(
        before == after,
        "something outside the vault changed: {:?}",
        changed(&before, &after)
    );
    println!(
        "{} calls: {errors} typed errors, the rest answers; slowest {:?}: {}; left in {left:?}",
        calls.len(),
        slowest.0,
        slowest.1
    );
    Ok(())
}

/// An answer must be one that a client can read.
fn check(tool: &str, arguments: &Value, result: &Value) -> Result<()> {
    let is_error = result["isError"] == json!(true);
    let is_typed = result["code"].is_i64() && result["message"].is_string();
    ensure!(
        is_typed || result["content"].is_array(),
        "no answer to {}: {result}",
        shortened(tool, arguments)
    );
    let said = text(result);
    if failed(result) {
        ensure!(
            is_typed || (is_error && !said.trim().is_empty()),
            "an error without words: {result}"
        );
    }
    for sign in ["internal failure", "panicked", "RUST_BACKTRACE"] {
        if said.contains(sign)
            || result["message"]
                .as_str()
                .is_some_and(|message| message.contains(sign))
        {
            bail!("{}: {said}", shortened(tool, arguments));
        }
    }
    Ok(())
}

/// A vault, what lies around it, and a home.
struct Sandbox {
    cairn: PathBuf,
    home: PathBuf,
    outside: PathBuf,
}

impl Sandbox {
    fn new() -> Result<Self> {
        let cairn = crate::bench::binary()?;
        let place = crate::bench::fresh("hostile")?;
        let (home, outside) = (place.join("home"), place.join("outside"));
        let vault = place.join("vault");
        for folder in [&home, &outside, &vault] {
            fs::create_dir_all(folder)?;
        }
        fs::write(
            outside.join("secret.md"),
            "# Secret\n\nMust not be read, changed or moved.\n",
        )?;
        crate::generate::write(&crate::generate::Vault::new(200, 3), &vault)?;
        #[cfg(unix)]
        std::os::unix::fs::symlink("../outside", vault.join("link"))?;
        let status = Command::new(&cairn)
            .args(["project", "add", "main"])
            .arg(&vault)
            .env("CAIRN_HOME", &home)
            .output()?
            .status;
        ensure!(status.success(), "the vault cannot be registered");
        Ok(Self {
            cairn,
            home,
            outside,
        })
    }
}

/// Every file below a folder with its content.
fn everything(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            files.extend(everything(&path)?);
        } else {
            let bytes = fs::read(&path)?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

fn changed<'a>(
    before: &'a BTreeMap<PathBuf, Vec<u8>>,
    after: &'a BTreeMap<PathBuf, Vec<u8>>,
) -> Vec<&'a PathBuf> {
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    before.keys().chain(after.keys()).filter(differs).collect()
}

fn name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap_or_default()
}

fn shortened(tool: &str, arguments: &Value) -> String {
    let all = format!("{tool} {arguments}");
    all.chars().take(300).collect()
}

/// Arguments as the schema names them, with values it does not expect; sometimes names it does not know.
fn arguments_for(tool: &Value, random: &mut Random) -> Value {
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
